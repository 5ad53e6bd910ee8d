//! A mark at the beginning of each fragment of a document.

use std::collections::{HashMap, HashSet};

use async_graphql::indexmap::IndexMap;
use async_graphql::parser::types::{
    DocumentOperations, ExecutableDocument, Field, FragmentDefinition, OperationDefinition,
    OperationType, Selection, SelectionSet,
};
use async_graphql::{Name, Pos, Positioned, Value};

/// Not the beginning of a name in GraphQL.
const MARK: &str = "fragment ";

/// Gives every fragment its mark. The root of a subscription takes one field and nothing else, and the library looks
/// for it in no fragment: there they are written out.
pub(super) fn put_into(document: &mut ExecutableDocument) {
    let fragments = document.fragments.clone();
    let mut marks = Marks::default();
    match &mut document.operations {
        DocumentOperations::Single(operation) => marks.operation(&mut operation.node, &fragments),
        DocumentOperations::Multiple(operations) => {
            for operation in operations.values_mut() {
                marks.operation(&mut operation.node, &fragments);
            }
        }
    }
    drop_unused(document, &marks.written_out);
    for fragment in document.fragments.values_mut() {
        marks.fragment(&mut fragment.node.selection_set);
    }
}

/// Takes out those of these fragments that nothing spreads any more: validation would complain.
fn drop_unused(document: &mut ExecutableDocument, written_out: &HashSet<Name>) {
    if written_out.is_empty() {
        return;
    }
    let mut used = HashSet::new();
    for (_, operation) in document.operations.iter() {
        note_spreads(
            &operation.node.selection_set.node,
            &document.fragments,
            &mut used,
        );
    }
    document
        .fragments
        .retain(|name, _| used.contains(name) || !written_out.contains(name));
}

fn note_spreads(set: &SelectionSet, fragments: &Fragments, used: &mut HashSet<Name>) {
    for selection in &set.items {
        match &selection.node {
            Selection::Field(field) => {
                note_spreads(&field.node.selection_set.node, fragments, used);
            }
            Selection::InlineFragment(inline) => {
                note_spreads(&inline.node.selection_set.node, fragments, used);
            }
            Selection::FragmentSpread(spread) => {
                let name = &spread.node.fragment_name.node;
                if used.insert(name.clone())
                    && let Some(fragment) = fragments.get(name)
                {
                    note_spreads(&fragment.node.selection_set.node, fragments, used);
                }
            }
        }
    }
}

/// Whether a fragment counted for an object: then its mark is there.
pub(super) fn counted(fragment: &SelectionSet, found: &IndexMap<Name, Value>) -> bool {
    let first = fragment.items.first().map(|selection| &selection.node);
    match first {
        Some(Selection::Field(field)) => {
            let name = &field.node.response_key().node;
            !is_mark(name) || found.contains_key(name)
        }
        _ => true,
    }
}

pub(super) fn is_mark(name: &Name) -> bool {
    name.starts_with(MARK)
}

/// What was done to a document.
#[derive(Default)]
struct Marks {
    number: usize,
    /// The fragments of subscriptions' roots.
    written_out: HashSet<Name>,
}

impl Marks {
    fn operation(&mut self, operation: &mut OperationDefinition, fragments: &Fragments) {
        let root = &mut operation.selection_set.node;
        if operation.ty == OperationType::Subscription {
            let (mut spread, mut fields) = (HashSet::new(), Vec::new());
            write_out(&root.items, fragments, &mut spread, &mut fields);
            self.written_out.extend(spread.into_iter().cloned());
            root.items = fields;
        }
        self.within(root);
    }

    fn within(&mut self, set: &mut SelectionSet) {
        for selection in &mut set.items {
            self.selection(&mut selection.node);
        }
    }

    fn selection(&mut self, selection: &mut Selection) {
        match selection {
            Selection::Field(field) => self.within(&mut field.node.selection_set.node),
            Selection::InlineFragment(inline) => self.fragment(&mut inline.node.selection_set),
            Selection::FragmentSpread(_) => {}
        }
    }

    fn fragment(&mut self, set: &mut Positioned<SelectionSet>) {
        self.within(&mut set.node);
        self.number += 1;
        let mark = mark(self.number, set.pos);
        set.node.items.insert(0, mark);
    }
}

type Fragments = HashMap<Name, Positioned<FragmentDefinition>>;

/// The fields of a selection set, with those of its fragments in their places, each fragment once. What a fragment's
/// directives say holds for its fields.
fn write_out<'a>(
    items: &'a [Positioned<Selection>],
    fragments: &'a Fragments,
    spread: &mut HashSet<&'a Name>,
    fields: &mut Vec<Positioned<Selection>>,
) {
    for item in items {
        let (directives, within) = match &item.node {
            Selection::Field(_) => {
                fields.push(item.clone());
                continue;
            }
            Selection::InlineFragment(inline) => {
                (&inline.node.directives, &inline.node.selection_set)
            }
            Selection::FragmentSpread(found) => {
                let name = &found.node.fragment_name.node;
                match fragments.get(name) {
                    Some(fragment) if spread.insert(name) => {
                        (&found.node.directives, &fragment.node.selection_set)
                    }
                    // Unknown, or met before, which may be a circle: validation says so, which needs to see it.
                    _ => {
                        fields.push(item.clone());
                        continue;
                    }
                }
            }
        };
        let first = fields.len();
        write_out(&within.node.items, fragments, spread, fields);
        for field in &mut fields[first..] {
            if let Selection::Field(field) = &mut field.node {
                field.node.directives.extend(directives.iter().cloned());
            }
        }
    }
}

fn mark(number: usize, pos: Pos) -> Positioned<Selection> {
    let field = Field {
        alias: Some(Positioned::new(Name::new(format!("{MARK}{number}")), pos)),
        name: Positioned::new(Name::new("__typename"), pos),
        arguments: Vec::new(),
        directives: Vec::new(),
        selection_set: Positioned::new(SelectionSet::default(), pos),
    };
    Positioned::new(Selection::Field(Positioned::new(field, pos)), pos)
}
