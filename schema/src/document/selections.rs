//! Counts what an operation selects, with every fragment written out: each fragment is counted once and its count
//! reused, since fragments that name fragments grow exponentially when written out.

use std::collections::HashMap;

use async_graphql::Name;
use async_graphql::parser::types::{ExecutableDocument, Selection, SelectionSet};

/// Deepest chain of sets and fragments followed.
const DEEPEST: usize = 200;

/// Selections of a document, written out.
pub(super) struct Selections<'a> {
    document: &'a ExecutableDocument,
    /// `None` while a fragment is being counted: it names itself, which validation refuses.
    fragments: HashMap<&'a Name, Option<Counts>>,
}

/// Selections of one set.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Counts {
    /// At its own level, those of its fragments included.
    pub level: usize,
    /// At every level.
    pub all: usize,
}

impl<'a> Selections<'a> {
    pub fn of(document: &'a ExecutableDocument) -> Self {
        Self {
            document,
            fragments: HashMap::new(),
        }
    }

    /// Counts a set. `None` when it goes deeper than anything that may be executed.
    pub fn count(&mut self, set: &'a SelectionSet) -> Option<Counts> {
        self.count_set(set, 0)
    }

    fn count_set(&mut self, set: &'a SelectionSet, depth: usize) -> Option<Counts> {
        if depth > DEEPEST {
            return None;
        }
        let mut counts = Counts::default();
        for selection in &set.items {
            let (level, all) = match &selection.node {
                Selection::Field(field) => {
                    let inner = self.count_set(&field.node.selection_set.node, depth + 1)?;
                    (1, inner.all.saturating_add(1))
                }
                Selection::InlineFragment(inline) => {
                    let inner = self.count_set(&inline.node.selection_set.node, depth + 1)?;
                    (inner.level.saturating_add(1), inner.all.saturating_add(1))
                }
                Selection::FragmentSpread(spread) => {
                    let inner = self.count_fragment(&spread.node.fragment_name.node, depth + 1)?;
                    (inner.level.saturating_add(1), inner.all.saturating_add(1))
                }
            };
            counts.level = counts.level.saturating_add(level);
            counts.all = counts.all.saturating_add(all);
        }
        Some(counts)
    }

    fn count_fragment(&mut self, name: &'a Name, depth: usize) -> Option<Counts> {
        if let Some(known) = self.fragments.get(name) {
            return Some(known.unwrap_or_default());
        }
        let Some(fragment) = self.document.fragments.get(name) else {
            return Some(Counts::default());
        };
        self.fragments.insert(name, None);
        let counts = self.count_set(&fragment.node.selection_set.node, depth)?;
        self.fragments.insert(name, Some(counts));
        Some(counts)
    }
}
