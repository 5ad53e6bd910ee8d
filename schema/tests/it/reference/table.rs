//! Tables of fields, arguments and values.

use async_graphql::Positioned;
use async_graphql::parser::types::{EnumValueDefinition, FieldDefinition, InputValueDefinition};

use super::heading::Headings;

type Inputs = [Positioned<InputValueDefinition>];

/// Fields of an object, and below them the arguments of those that take some.
pub fn fields(headings: &Headings, fields: &[&FieldDefinition]) -> String {
    let rows = fields.iter().map(|field| {
        let ty = headings.linked(&field.ty.node);
        vec![code(&field.name.node), ty, cell(field.description.as_ref())]
    });
    let mut parts = vec![table(&["field", "type", ""], rows)];
    for field in fields.iter().filter(|field| !field.arguments.is_empty()) {
        parts.push(format!("{} takes:\n\n", code(&field.name.node)));
        parts.push(arguments(headings, "argument", &field.arguments));
    }
    parts.concat()
}

/// Arguments of a field, or fields of an input.
pub fn arguments(headings: &Headings, what: &str, arguments: &Inputs) -> String {
    if arguments.is_empty() {
        return String::new();
    }
    let rows = arguments.iter().map(|Positioned { node, .. }| {
        let default = node.default_value.as_ref();
        vec![
            code(&node.name.node),
            headings.linked(&node.ty.node),
            default.map_or(String::new(), |value| code(&value.node.to_string())),
            cell(node.description.as_ref()),
        ]
    });
    table(&[what, "type", "default", ""], rows)
}

/// Values of an enum.
pub fn values(values: &[Positioned<EnumValueDefinition>]) -> String {
    let rows = values.iter().map(|Positioned { node, .. }| {
        vec![code(&node.value.node), cell(node.description.as_ref())]
    });
    table(&["value", ""], rows)
}

/// A description as one paragraph.
pub fn text_of(description: Option<&Positioned<String>>) -> String {
    let text = description.map_or("", |text| text.node.as_str());
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn table(columns: &[&str], rows: impl Iterator<Item = Vec<String>>) -> String {
    let rule = columns.iter().map(|_| "---").collect::<Vec<_>>();
    let mut lines = vec![line(&columns.join(" | ")), format!("|{}|", rule.join("|"))];
    lines.extend(rows.map(|cells| line(&cells.join(" | "))));
    lines.join("\n") + "\n\n"
}

fn line(cells: &str) -> String {
    format!("| {cells} |")
}

fn code(text: &str) -> String {
    format!("`{text}`")
}

fn cell(description: Option<&Positioned<String>>) -> String {
    text_of(description).replace('|', r"\|")
}
