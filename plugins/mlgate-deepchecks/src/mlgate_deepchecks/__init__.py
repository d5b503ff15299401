"""deepchecks' checks for mlgate: run out of process, under deepchecks' own pins, with the model left outside."""
