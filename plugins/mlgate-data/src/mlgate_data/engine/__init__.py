"""The engine: every table is read once for all data checks of a run.

How to add a check. Write a generator in a module of its own, and list it in `mlgate_data.plugin`:

    @data_check("data.negative_share", default={"at_most": 0.01})
    def negative_share(data: Data, *, column: str = "balance") -> Steps:
        '''Share of negative balances. What, why, what to do: the docstring is the check's page.'''
        table = data.only_test()
        below = Share(column, "below zero")
        yield of(table, [below])                  # needs: of all checks, gathered together
        return Measurement.exact(table[below] / table.rows, n=table.rows)

`data.train` and `data.test` are `Scan`s or None; `data.both()` raises `NotApplicable` where one is missing. A fact is
a frozen dataclass with `columns` (what must be read) and `collector(schema)`; there are `Missing`, `Tally` (counts),
`Extremes`, `Spread`, `Distribution` (numbers; its bins are the same for every table), `Hashes` (rows).
Facts that two checks share cost nothing twice. A check may yield again, with facts that depend on answers: ask the
training table first, then the test table, so that each is read once.
"""
