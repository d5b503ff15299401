"""Models opened in a confined process: what runs there, what stands for it here, and what passes between the two."""
