"""What the office types about answers, measures and the year, as structs with complaints."""
