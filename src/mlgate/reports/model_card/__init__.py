"""A model card (Mitchell et al. 2019) with Hugging Face's metadata, as far as a record knows what one asks for."""
