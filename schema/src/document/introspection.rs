//! Finds out whether a document asks for the schema itself (GraphQL specification, section 4).

use async_graphql::parser::types::{ExecutableDocument, Selection, SelectionSet};

/// The fields that tell of types. `__typename` is not one: clients ask for it with every object.
const FIELDS: [&str; 2] = ["__schema", "__type"];

/// Whether any operation or fragment selects one.
pub(super) fn asks_for_schema(document: &ExecutableDocument) -> bool {
    let operations = document
        .operations
        .iter()
        .map(|(_, operation)| &operation.node.selection_set.node);
    let fragments = document
        .fragments
        .values()
        .map(|fragment| &fragment.node.selection_set.node);
    operations.chain(fragments).any(selects)
}

/// Nothing is deep here: the text was checked before it was parsed.
fn selects(set: &SelectionSet) -> bool {
    set.items.iter().any(|selection| match &selection.node {
        Selection::Field(field) => {
            FIELDS.contains(&field.node.name.node.as_str())
                || selects(&field.node.selection_set.node)
        }
        Selection::InlineFragment(inline) => selects(&inline.node.selection_set.node),
        Selection::FragmentSpread(_) => false,
    })
}
