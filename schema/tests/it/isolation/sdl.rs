//! The schema as callers read it, taken apart: what the walk walks and what the ledger counts.

use std::collections::BTreeMap;

use async_graphql::Positioned;
use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{
    BaseType, FieldDefinition, InputValueDefinition, Type, TypeKind, TypeSystemDefinition,
};

/// Every type by its name.
pub struct Sdl {
    types: BTreeMap<String, Kind>,
}

/// What a name stands for.
pub enum Kind {
    Scalar,
    Enum(Vec<String>),
    Input(Vec<Argument>),
    Object(Vec<Field>),
    /// With the names of the objects that implement it.
    Interface(Vec<Field>, Vec<String>),
}

/// A field of an object.
#[derive(Clone)]
pub struct Field {
    pub name: String,
    pub ty: Type,
    pub arguments: Vec<Argument>,
}

/// An argument of a field, or a field of an input.
#[derive(Clone)]
pub struct Argument {
    pub name: String,
    pub ty: Type,
    pub required: bool,
}

impl Sdl {
    pub fn read() -> Self {
        let document = parse_schema(connector_schema::sdl()).expect("the schema's own text");
        let mut types = BTreeMap::new();
        let mut implementers: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for definition in document.definitions {
            let TypeSystemDefinition::Type(definition) = definition else {
                continue;
            };
            let name = definition.node.name.node.to_string();
            if let TypeKind::Object(object) = &definition.node.kind {
                for interface in &object.implements {
                    let interface = interface.node.to_string();
                    implementers
                        .entry(interface)
                        .or_default()
                        .push(name.clone());
                }
            }
            types.insert(name, kind(definition.node.kind));
        }
        for (name, found) in implementers {
            if let Some(Kind::Interface(_, names)) = types.get_mut(&name) {
                *names = found;
            }
        }
        for scalar in ["ID", "String", "Int", "Float", "Boolean"] {
            types.insert(scalar.to_owned(), Kind::Scalar);
        }
        Self { types }
    }

    pub fn types(&self) -> impl Iterator<Item = (&str, &Kind)> {
        self.types.iter().map(|(name, kind)| (name.as_str(), kind))
    }

    pub fn kind(&self, name: &str) -> &Kind {
        let kind = self.types.get(name);
        kind.unwrap_or_else(|| panic!("the schema's text has no type {name}"))
    }

    /// Fields of an object or interface; none of anything else.
    pub fn fields(&self, name: &str) -> &[Field] {
        match self.kind(name) {
            Kind::Object(fields) | Kind::Interface(fields, _) => fields,
            _ => &[],
        }
    }

    pub fn field(&self, on: &str, name: &str) -> Option<&Field> {
        self.fields(on).iter().find(|field| field.name == name)
    }

    /// Fields that are objects, with what they lead to: the object, or each of an interface's, and the interface.
    pub fn edges(&self, on: &str) -> Vec<(&Field, &str)> {
        let mut edges = Vec::new();
        for field in self.fields(on) {
            let target = named(&field.ty);
            if let Kind::Interface(_, implementers) = self.kind(target) {
                edges.extend(implementers.iter().map(|object| (field, object.as_str())));
            }
            if !self.fields(target).is_empty() {
                edges.push((field, target));
            }
        }
        edges
    }

    pub fn is_leaf(&self, field: &Field) -> bool {
        self.fields(named(&field.ty)).is_empty()
    }

    /// An object with nothing in it that takes arguments or leads elsewhere: read with what holds it.
    pub fn is_plain(&self, name: &str) -> bool {
        matches!(self.kind(name), Kind::Object(_))
            && self.fields(name).iter().all(|field| {
                field.arguments.is_empty()
                    && (self.is_leaf(field) || self.is_plain(named(&field.ty)))
            })
    }
}

impl Argument {
    /// A place in a list.
    pub fn is_place(&self) -> bool {
        ["after", "before"].contains(&self.name.as_str())
    }

    /// A place in a list or the size of a page: names nothing that could be found.
    pub fn is_paging(&self) -> bool {
        self.is_place() || ["first", "last"].contains(&self.name.as_str())
    }

    /// An id or key, of one thing or of each of several.
    pub fn names_one_thing(&self) -> bool {
        self.required || self.name == "by"
    }
}

/// The name at the bottom of a type.
pub fn named(ty: &Type) -> &str {
    match &ty.base {
        BaseType::Named(name) => name.as_str(),
        BaseType::List(inner) => named(inner),
    }
}

fn kind(kind: TypeKind) -> Kind {
    match kind {
        TypeKind::Scalar => Kind::Scalar,
        TypeKind::Enum(of) => {
            let values = of.values.into_iter();
            Kind::Enum(
                values
                    .map(|value| value.node.value.node.to_string())
                    .collect(),
            )
        }
        TypeKind::InputObject(of) => Kind::Input(arguments(of.fields)),
        TypeKind::Object(of) => Kind::Object(fields(of.fields)),
        TypeKind::Interface(of) => Kind::Interface(fields(of.fields), Vec::new()),
        TypeKind::Union(_) => panic!("the walk does not know unions yet: teach it"),
    }
}

fn fields(fields: Vec<Positioned<FieldDefinition>>) -> Vec<Field> {
    let fields = fields.into_iter().map(|field| field.node);
    fields
        .map(|field| Field {
            name: field.name.node.to_string(),
            ty: field.ty.node,
            arguments: arguments(field.arguments),
        })
        .collect()
}

fn arguments(arguments: Vec<Positioned<InputValueDefinition>>) -> Vec<Argument> {
    let arguments = arguments.into_iter().map(|argument| argument.node);
    arguments
        .map(|argument| Argument {
            required: !argument.ty.node.nullable && argument.default_value.is_none(),
            name: argument.name.node.to_string(),
            ty: argument.ty.node,
        })
        .collect()
}
