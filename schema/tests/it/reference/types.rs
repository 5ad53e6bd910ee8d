//! The types of the schema's text, and the section of each.

use async_graphql::Positioned;
use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{
    FieldDefinition, InputValueDefinition, TypeDefinition, TypeKind, TypeSystemDefinition,
};

use super::ROOTS;
use super::heading::Headings;
use super::table::{arguments, fields, text_of, values};

/// Every type, in the order of the text.
pub struct Types(Vec<TypeDefinition>);

impl Types {
    pub fn read() -> Self {
        let document = parse_schema(connector_schema::sdl()).expect("the schema's own text");
        let definitions = document.definitions.into_iter();
        Self(
            definitions
                .filter_map(|definition| match definition {
                    TypeSystemDefinition::Type(definition) => Some(definition.node),
                    _ => None,
                })
                .collect(),
        )
    }

    fn definition(&self, name: &str) -> Option<&TypeDefinition> {
        self.0.iter().find(|one| one.name.node == name)
    }

    pub fn description(&self, name: &str) -> String {
        let definition = self.definition(name).expect("a type of the schema");
        text_of(definition.description.as_ref())
    }

    /// What a caller reads or names; not the operations' own types.
    pub fn beside_roots(&self) -> impl Iterator<Item = &TypeDefinition> {
        let is_root = |one: &TypeDefinition| ROOTS.contains(&one.name.node.as_str());
        self.0.iter().filter(move |one| !is_root(one))
    }

    /// Fields of an object or interface; none of anything else.
    pub fn fields(&self, name: &str) -> Vec<&FieldDefinition> {
        match self.definition(name).map(|one| &one.kind) {
            Some(TypeKind::Object(of)) => of.fields.iter().map(|field| &field.node).collect(),
            Some(TypeKind::Interface(of)) => of.fields.iter().map(|field| &field.node).collect(),
            _ => Vec::new(),
        }
    }

    /// Fields of an input; none of anything else.
    pub fn input_fields(&self, name: &str) -> &[Positioned<InputValueDefinition>] {
        match self.definition(name).map(|one| &one.kind) {
            Some(TypeKind::InputObject(of)) => &of.fields,
            _ => &[],
        }
    }

    pub fn section(&self, headings: &Headings, one: &TypeDefinition) -> String {
        let name = one.name.node.as_str();
        let body = match &one.kind {
            TypeKind::Scalar => String::new(),
            TypeKind::Enum(of) => values(&of.values),
            TypeKind::InputObject(of) => one_of(one) + &arguments(headings, "field", &of.fields),
            TypeKind::Object(of) => {
                let interfaces = of.implements.iter().map(|name| name.node.as_str());
                line("Implements", headings, interfaces) + &fields(headings, &self.fields(name))
            }
            TypeKind::Interface(_) => {
                line("Implemented by", headings, self.implementers(name))
                    + &fields(headings, &self.fields(name))
            }
            TypeKind::Union(_) => panic!("the reference does not know unions yet: teach it"),
        };
        let (heading, text) = (headings.of_type(name), text_of(one.description.as_ref()));
        format!("### {heading}\n\n{text}\n\n{body}")
    }

    fn implementers<'a>(&'a self, interface: &'a str) -> impl Iterator<Item = &'a str> {
        let implements = move |one: &&TypeDefinition| match &one.kind {
            TypeKind::Object(of) => of.implements.iter().any(|name| name.node == interface),
            _ => false,
        };
        let found = self.0.iter().filter(implements);
        found.map(|one| one.name.node.as_str())
    }
}

fn line<'a>(what: &str, headings: &Headings, names: impl Iterator<Item = &'a str>) -> String {
    let links: Vec<_> = names.map(|name| headings.link(name)).collect();
    if links.is_empty() {
        return String::new();
    }
    format!("{what} {}.\n\n", links.join(", "))
}

fn one_of(one: &TypeDefinition) -> String {
    let mut directives = one.directives.iter();
    if directives.any(|directive| directive.node.name.node == "oneOf") {
        return "Exactly one field must be given.\n\n".to_owned();
    }
    String::new()
}
