"""How fast training is, beside what a user would write instead."""
