"""How fast training is and what it costs, beside what a user would write instead."""
