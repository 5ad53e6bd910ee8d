//! How many rows go into one statement.

/// Most rows of one statement. SQLite takes 32,766 bound values in a statement, and no row here has more than 25.
pub(crate) const ROWS: usize = 1_000;
