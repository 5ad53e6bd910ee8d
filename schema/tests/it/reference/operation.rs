//! The section of one operation.

use async_graphql::parser::types::FieldDefinition;

use super::examples::Examples;
use super::heading::{Headings, of_operation};
use super::needs::Needs;
use super::table::{arguments, text_of};

pub fn section(
    headings: &Headings,
    root: &str,
    field: &FieldDefinition,
    needs: &Needs,
    examples: &Examples,
) -> String {
    let name = field.name.node.as_str();
    let (heading, text) = (
        of_operation(root, name),
        text_of(field.description.as_ref()),
    );
    let returns = headings.linked(&field.ty.node);
    let (needs, examples) = (needs.of(name), examples.of(name));
    let arguments = arguments(headings, "argument", &field.arguments);
    format!("### {heading}\n\n{text}\n\nReturns {returns}. Needs {needs}.{examples}\n\n{arguments}")
}
