//! Structs whose fields are columns. Not by sqlx's derive, for which the whole library, drivers and TLS included, would be
//! compiled a second time.

/// A struct that is read from a row: each field from the column of its name, and those after the semicolon, which are
/// such structs themselves, from theirs.
macro_rules! columns {
    ($(#[$meta:meta])* $vis:vis struct $name:ident {
        $($field:ident: $ty:ty),* $(,)?
        $(; $($part:ident: $part_ty:ty),+ $(,)?)?
    }) => {
        $(#[$meta])*
        #[derive(Debug)]
        $vis struct $name {
            $(pub(super) $field: $ty,)*
            $($(pub(super) $part: $part_ty,)+)?
        }

        impl sqlx::FromRow<'_, sqlx::sqlite::SqliteRow> for $name {
            fn from_row(row: &sqlx::sqlite::SqliteRow) -> Result<Self, sqlx::Error> {
                Ok(Self {
                    $($field: sqlx::Row::try_get(row, stringify!($field))?,)*
                    $($($part: sqlx::FromRow::from_row(row)?,)+)?
                })
            }
        }
    };
}

pub(crate) use columns;
