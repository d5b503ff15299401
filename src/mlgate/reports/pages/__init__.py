"""Small pages of HTML that need nothing else: of a difference, of a history."""
