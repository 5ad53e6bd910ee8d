//! What a batch of changes or of restored records writes, worked out before anything is: as little as says it all.

use std::collections::HashMap;

use connector_domain::connection::{Connection, ConnectionView, Folded};
use sqlx::PgConnection;

use super::history::{self, Change};
use super::record::Visible;
use super::{labels, liveness, record};
use crate::error::Fault;

/// The rows to write, in the order of client ids: the wide row where there is a new version, the side tables where what
/// they hold differs, the narrow row wherever anything does.
#[derive(Default)]
pub(super) struct Writing<'a> {
    new: Vec<Visible<'a>>,
    known: Vec<Visible<'a>>,
    moved: Vec<&'a Connection>,
    changes: Vec<Change<'a>>,
}

impl<'a> Writing<'a> {
    /// What differs between the records stored and those folded.
    pub(super) fn of(stored: &HashMap<&str, &Connection>, folded: &'a [Folded]) -> Self {
        let mut writing = Self::default();
        let mut dirty: Vec<(&Connection, &Folded)> = folded
            .iter()
            .filter(|device| device.dirty)
            .filter_map(|device| Some((device.connection.as_ref()?, device)))
            .collect();
        dirty.sort_unstable_by_key(|(record, _)| &record.client_id);
        for (record, device) in dirty {
            writing.moved.push(record);
            let changes = device.changes.iter();
            writing
                .changes
                .extend(changes.map(|change| (&record.client_id, change)));
            if let Some(newest) = device.changes.last() {
                let visible = Visible {
                    record,
                    view: record.view(),
                    changed_at: newest.occurred_at,
                    relabelled: is_relabelled(stored.get(record.client_id.as_str()), record),
                };
                if stored.contains_key(record.client_id.as_str()) {
                    writing.known.push(visible);
                } else {
                    writing.new.push(visible);
                }
            }
        }
        writing
    }

    /// What differs between the records stored and later forms of them from elsewhere, which no history goes with: the
    /// wide row where there is another version. Each device occurs once.
    pub(super) fn restoring(stored: &HashMap<&str, &Connection>, later: &'a [Connection]) -> Self {
        let mut writing = Self {
            moved: later.iter().collect(),
            ..Self::default()
        };
        writing
            .moved
            .sort_unstable_by_key(|record| &record.client_id);
        for record in &writing.moved {
            let before = stored.get(record.client_id.as_str());
            if before.is_some_and(|before| before.version == record.version) {
                continue;
            }
            let visible = Visible {
                record,
                view: record.view(),
                changed_at: record.position.stamp.max(record.state_changed_at),
                relabelled: is_relabelled(before, record),
            };
            let rows = match before {
                Some(_) => &mut writing.known,
                None => &mut writing.new,
            };
            rows.push(visible);
        }
        writing
    }

    /// Writes it: a fixed number of statements.
    pub(super) async fn execute(&self, connection: &mut PgConnection) -> Result<(), Fault> {
        record::insert(connection, &self.new).await?;
        record::update(connection, &self.known).await?;
        liveness::write(connection, &self.moved).await?;
        let new = self.new.iter().map(|each| &each.view);
        let relabelled: Vec<&ConnectionView> = self
            .known
            .iter()
            .filter(|each| each.relabelled)
            .map(|each| &each.view)
            .collect();
        labels::delete(connection, &relabelled).await?;
        let labelled: Vec<&ConnectionView> = relabelled.into_iter().chain(new).collect();
        labels::insert(connection, &labelled).await?;
        history::add(connection, &self.changes).await
    }
}

/// Whether the side tables differ: they say what the device said, and whose it is.
fn is_relabelled(before: Option<&&Connection>, after: &Connection) -> bool {
    before.is_none_or(|before| {
        before.details != after.details || before.tenant.org_id() != after.tenant.org_id()
    })
}
