//! Every row of the database, to be compared with itself later: what a replay may not change.

use std::collections::BTreeMap;

use sqlx::{AssertSqlSafe, Row as _, query};

use super::Database;

/// Tables with their keys. Progress is left out: it says how far the consumers are, and they are read anew.
const TABLES: [(&str, &str); 8] = [
    ("connections", "client_id"),
    ("connection_liveness", "client_id"),
    ("connection_dispatchers", "concat_ws('/', client_id, name)"),
    ("connection_tags", "concat_ws('/', client_id, key)"),
    ("connection_search_words", "concat_ws('/', client_id, word)"),
    ("connection_history", "concat_ws('/', client_id, version)"),
    ("messages", "concat_ws('/', client_id, message_id)"),
    (
        "message_transitions",
        "concat_ws('/', client_id, message_id, seq)",
    ),
];

/// Tables of which the whole row is kept, to be shown when it changes; of the others, a digest.
const SHOWN: [&str; 2] = ["connections", "connection_liveness"];

/// Every row, by table and key.
pub type Dump = BTreeMap<(&'static str, String), String>;

impl Database {
    /// Dumps the database in one snapshot.
    pub async fn dump(&self) -> sqlx::Result<Dump> {
        let mut transaction = self
            .pool()
            .begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            .await?;
        query("SET LOCAL statement_timeout = 0")
            .execute(&mut *transaction)
            .await?;
        let mut dump = Dump::new();
        for (table, key) in TABLES {
            let value = if SHOWN.contains(&table) {
                "t::text"
            } else {
                "md5(t::text)"
            };
            let statement = format!("SELECT {key}, {value} FROM {table} AS t");
            let rows = query(AssertSqlSafe(statement))
                .fetch_all(&mut *transaction)
                .await?;
            for row in rows {
                dump.insert((table, row.try_get(0)?), row.try_get(1)?);
            }
        }
        Ok(dump)
    }
}

/// How many rows differ, and the first of them in words.
pub fn difference(before: &Dump, after: &Dump) -> (usize, Vec<String>) {
    const SHOWN_AT_MOST: usize = 10;
    let mut keys: Vec<_> = before.keys().chain(after.keys()).collect();
    keys.sort_unstable();
    keys.dedup();
    keys.retain(|key| before.get(*key) != after.get(*key));
    let text = |dump: &Dump, key| dump.get(key).cloned().unwrap_or("no row".to_owned());
    let words = keys.iter().take(SHOWN_AT_MOST).map(|key| {
        let (table, id) = key;
        format!(
            "{table} {id}: {} became {}",
            text(before, key),
            text(after, key)
        )
    });
    (keys.len(), words.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_that_changed_came_or_went_are_told() {
        let dump = |rows: &[(&str, &str)]| -> Dump {
            let row =
                |(id, text): &(&str, &str)| (("connections", (*id).to_owned()), (*text).to_owned());
            rows.iter().map(row).collect()
        };
        let before = dump(&[("a", "1"), ("b", "1"), ("c", "1")]);
        assert_eq!(difference(&before, &before.clone()), (0, Vec::new()));
        let (count, words) = difference(&before, &dump(&[("a", "1"), ("b", "2"), ("d", "1")]));
        assert_eq!(count, 3);
        assert_eq!(words[0], "connections b: 1 became 2");
        assert_eq!(words[1], "connections c: 1 became no row");
    }
}
