"""What holds for every test of every distribution here."""

from hypothesis import settings

# A busy machine is no failure: how long things take is measured in benchmarks/.
settings.register_profile("suite", deadline=None)
settings.load_profile("suite")
