"""`data.schema`: what columns must hold, from the gate file, a pandera schema, a model's signature, or a draft."""
