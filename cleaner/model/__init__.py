"""A small network that tells running text from page furniture; see CARD.md. numpy is all it needs."""
