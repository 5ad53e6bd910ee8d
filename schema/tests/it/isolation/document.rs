//! Writes the documents of the walk: a way from a root to something, and what is read of it there.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::names::{Given, Names};
use super::sdl::{Argument, Field, Kind, Sdl, named};

/// One field on a way, and the object it leads to.
#[derive(Clone)]
pub struct Step {
    pub on: String,
    pub field: Field,
    pub into: String,
}

/// A document with its variables, and the parts of the schema it tries.
pub struct Document {
    pub text: String,
    pub variables: Value,
    pub parts: BTreeSet<String>,
}

/// An argument of the last field of a way, and what it is given.
pub struct Probe<'a> {
    pub argument: &'a Argument,
    pub given: Given,
}

enum Found {
    /// All that the depth allows.
    Whole,
    /// What takes no arguments and leads nowhere.
    Itself,
    /// Its id.
    Named,
}

struct Writer<'a> {
    sdl: &'a Sdl,
    /// Whose things lead along the way.
    names: &'a Names,
    declared: Vec<String>,
    variables: Map<String, Value>,
    parts: BTreeSet<String>,
    /// Lists in lists grow fast: only the first is read whole.
    in_list: bool,
    /// How much is read of an object with an id that is found at the end of a way.
    found: Found,
}

/// Writes a document along a way, `depth` objects deep at its end.
pub fn write(
    sdl: &Sdl,
    names: &Names,
    way: &[Step],
    probe: Option<Probe<'_>>,
    depth: usize,
) -> Document {
    let mut writer = Writer {
        sdl,
        names,
        declared: Vec::new(),
        variables: Map::new(),
        parts: BTreeSet::new(),
        in_list: false,
        found: match (&probe, way[0].on.as_str()) {
            (None, _) => Found::Whole,
            (Some(_), "Mutation") => Found::Itself,
            (Some(_), _) => Found::Named,
        },
    };
    let operation = way[0].on.to_lowercase();
    let body = writer.along(way, probe, depth);
    let declared = match writer.declared.len() {
        0 => String::new(),
        _ => format!("({})", writer.declared.join(", ")),
    };
    Document {
        text: format!("{operation}{declared} {{ {body} }}"),
        variables: Value::Object(writer.variables),
        parts: writer.parts,
    }
}

impl Writer<'_> {
    fn along(&mut self, way: &[Step], mut probe: Option<Probe<'_>>, depth: usize) -> String {
        let Some((step, rest)) = way.split_first() else {
            return String::new();
        };
        let here = probe.take_if(|_| rest.is_empty());
        let head = self.head(&step.on, &step.field, &step.into, here);
        if self.sdl.is_leaf(&step.field) {
            return head;
        }
        let inner = match rest {
            [] => self.selection(&step.into, depth),
            rest => format!("__typename {}", self.along(rest, probe, depth)),
        };
        if named(&step.field.ty) == step.into {
            format!("{head} {{ {inner} }}")
        } else {
            format!("{head} {{ __typename ... on {} {{ {inner} }} }}", step.into)
        }
    }

    /// A field with its arguments: the probe, and the tenant's own main things for what it cannot do without.
    fn head(&mut self, on: &str, field: &Field, into: &str, probe: Option<Probe<'_>>) -> String {
        self.parts.insert(format!("{on}.{}", field.name));
        let probed = probe.as_ref().map(|probe| probe.argument.name.clone());
        let mut given = Vec::new();
        if let Some(Probe {
            argument,
            given: (value, parts),
        }) = probe
        {
            given.push(self.argument(on, field, argument, value, parts));
        }
        for argument in &field.arguments {
            // Every list takes `first` or `last`.
            let is_size = argument.name == "first" && probed.as_deref() != Some("last");
            if probed.as_deref() == Some(&argument.name) || !(argument.required || is_size) {
                continue;
            }
            let (value, parts) = match argument.name.as_str() {
                "first" => {
                    let size = if self.in_list { 2 } else { 100 };
                    self.in_list = true;
                    (Value::from(size), BTreeSet::new())
                }
                "id" if into != named(&field.ty) => (self.names.node(into).into(), BTreeSet::new()),
                "ids" if into != named(&field.ty) => {
                    let ids = vec![Value::from(self.names.node(into))];
                    (ids.into(), BTreeSet::new())
                }
                _ => self.names.main(self.sdl, argument, on),
            };
            given.push(self.argument(on, field, argument, value, parts));
        }
        match given.len() {
            0 => field.name.clone(),
            _ => format!("{}({})", field.name, given.join(", ")),
        }
    }

    fn argument(
        &mut self,
        on: &str,
        field: &Field,
        argument: &Argument,
        value: Value,
        parts: BTreeSet<String>,
    ) -> String {
        let Argument { name, ty, .. } = argument;
        self.parts.extend(parts);
        self.parts.insert(format!("{on}.{}({name})", field.name));
        let variable = format!("v{}", self.declared.len());
        self.declared.push(format!("${variable}: {ty}"));
        let text = format!("{name}: ${variable}");
        self.variables.insert(variable, value);
        text
    }

    /// What is read of an object: all that takes no arguments and leads nowhere, and what it leads to, so many objects
    /// deep.
    fn selection(&mut self, on: &str, depth: usize) -> String {
        let all: Vec<&Field> = self.sdl.fields(on).iter().collect();
        let read = self.read(on, &all, depth);
        let fragments = self.fragments(on, depth.saturating_sub(1)).join(" ");
        format!("{read} {fragments}")
    }

    fn read(&mut self, on: &str, chosen: &[&Field], depth: usize) -> String {
        let mut fields = vec!["__typename".to_owned()];
        for field in chosen {
            let into = named(&field.ty);
            if self.sdl.is_leaf(field) {
                if !field.arguments.iter().any(|argument| argument.required) {
                    fields.push(self.head(on, field, into, None));
                }
            } else if depth > 0 || self.sdl.is_plain(into) {
                let head = self.head(on, field, into, None);
                let has_id = self.sdl.field(into, "id").is_some();
                let inner = match self.found {
                    Found::Named if has_id => "__typename id".to_owned(),
                    Found::Itself if has_id => self.selection(into, 0),
                    _ => self.selection(into, depth.saturating_sub(1)),
                };
                fields.push(format!("{head} {{ {inner} }}"));
            }
        }
        fields.join(" ")
    }

    /// Of an interface's objects, what all of them have and what only one has: anything else could not be told apart.
    fn fragments(&mut self, on: &str, depth: usize) -> Vec<String> {
        let Kind::Interface(shared, objects) = self.sdl.kind(on) else {
            return Vec::new();
        };
        let mut fragments = Vec::new();
        for object in objects {
            let others = || objects.iter().filter(|other| *other != object);
            let is_own =
                |field: &Field| others().all(|other| self.sdl.field(other, &field.name).is_none());
            let is_shared = |field: &Field| shared.iter().any(|shared| shared.name == field.name);
            let of_object = self.sdl.fields(object).iter();
            let chosen: Vec<&Field> = of_object
                .filter(|field| is_shared(field) || is_own(field))
                .collect();
            let inner = self.read(object, &chosen, depth);
            fragments.push(format!("... on {object} {{ {inner} }}"));
        }
        fragments
    }
}

impl Step {
    /// What tells it from other steps.
    pub fn key(&self) -> (String, String, String) {
        (self.on.clone(), self.field.name.clone(), self.into.clone())
    }
}
