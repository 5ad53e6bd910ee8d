//! What the schema holds and what has been tried of it: nothing may be left over.

use std::collections::BTreeSet;

use serde_json::Value;

use super::sdl::{Kind, Sdl, named};

/// Fields that no answer fills yet, because the platform cannot be brought to.
const NEVER_FILLED: [&str; 2] = ["ServerInfo.revision", "LimitError.retryAfterMs"];

/// Values that no answer holds yet, because nothing says them.
const NEVER_SAID: [&str; 4] = [
    "UserErrorCode.MESSAGE_NOT_FOUND",
    "UserErrorCode.MESSAGE_STATE_CONFLICT",
    "UserErrorCode.QUEUE_FULL",
    "UserErrorCode.RATE_LIMITED",
];

/// What was tried as a caller that must find nothing, and what the same attempts showed to whoever may see it.
pub struct Ledger<'a> {
    sdl: &'a Sdl,
    tried: BTreeSet<String>,
    filled: BTreeSet<String>,
    proved: BTreeSet<String>,
    said: BTreeSet<String>,
}

impl<'a> Ledger<'a> {
    pub fn of(sdl: &'a Sdl) -> Self {
        Self {
            sdl,
            tried: BTreeSet::new(),
            filled: BTreeSet::new(),
            proved: BTreeSet::new(),
            said: BTreeSet::new(),
        }
    }

    /// Notes what a document held.
    pub fn tried(&mut self, parts: &BTreeSet<String>) {
        self.tried.extend(parts.iter().cloned());
    }

    /// Notes what a document held that showed the owner something: asked as somebody else, it would show a leak.
    pub fn proved(&mut self, parts: &BTreeSet<String>) {
        self.proved.extend(parts.iter().cloned());
    }

    /// Notes what an answer to the owner held: a field that is null for everybody hides nothing, so it proves nothing.
    pub fn shown(&mut self, answer: &Value) {
        let filled = self.parts_of(answer);
        self.filled.extend(filled);
    }

    /// Notes the enum values of any answer.
    pub fn said(&mut self, answer: &Value) {
        self.parts_of(answer);
    }

    fn parts_of(&mut self, answer: &Value) -> BTreeSet<String> {
        let mut filled = BTreeSet::new();
        for (name, value) in answer["data"].as_object().into_iter().flatten() {
            for root in ["Query", "Mutation", "Subscription"] {
                self.fill(root, name, value, &mut filled);
            }
        }
        filled
    }

    fn fill(&mut self, on: &str, name: &str, value: &Value, filled: &mut BTreeSet<String>) {
        let Some(field) = self.sdl.field(on, name) else {
            return;
        };
        match value {
            Value::Null => return,
            Value::Array(items) => {
                for item in items {
                    self.fill(on, name, item, filled);
                }
            }
            Value::Object(fields) if !self.sdl.is_leaf(field) => {
                let of = fields.get("__typename").and_then(Value::as_str);
                let of = of.unwrap_or_else(|| panic!("{on}.{name} does not say what it is"));
                for (name, value) in fields {
                    self.fill(of, name, value, filled);
                }
            }
            Value::String(text) if matches!(self.sdl.kind(named(&field.ty)), Kind::Enum(_)) => {
                self.said.insert(format!("{}.{text}", named(&field.ty)));
            }
            _ => {}
        }
        filled.insert(format!("{on}.{name}"));
    }

    /// Fails when anything of the schema was not tried, or was tried where nothing could have shown.
    pub fn settle(&self) {
        let parts: Vec<Part> = self.parts();
        let missing: Vec<String> = parts.iter().filter_map(|part| self.missing(part)).collect();
        assert!(
            missing.is_empty(),
            "the walk does not cover the schema; see isolation/mod.rs for what to add where:\n{}",
            missing.join("\n")
        );
        println!(
            "isolation: all {} fields, arguments, input fields and enum values are covered",
            parts.len()
        );
    }

    fn parts(&self) -> Vec<Part> {
        let mut parts = Vec::new();
        for (on, kind) in self.sdl.types() {
            match kind {
                Kind::Scalar => {}
                Kind::Enum(values) => {
                    parts.extend(
                        values
                            .iter()
                            .map(|value| Part::Value(format!("{on}.{value}"))),
                    );
                }
                Kind::Input(fields) => {
                    let names = fields.iter().map(|field| format!("{on}.{}", field.name));
                    parts.extend(names.map(Part::Input));
                }
                Kind::Object(fields) | Kind::Interface(fields, _) => {
                    for field in fields {
                        let name = format!("{on}.{}", field.name);
                        let arguments = field.arguments.iter();
                        let arguments =
                            arguments.map(|argument| format!("{name}({})", argument.name));
                        parts.extend(arguments.map(Part::Input));
                        parts.push(match kind {
                            Kind::Interface(..) => Part::Shared(name),
                            _ => Part::Field(name),
                        });
                    }
                }
            }
        }
        parts
    }

    /// What is wrong with a part, if anything is.
    fn missing(&self, part: &Part) -> Option<String> {
        match part {
            Part::Field(name) | Part::Shared(name) | Part::Input(name)
                if !self.tried.contains(name) =>
            {
                Some(format!("{name} is never tried"))
            }
            Part::Shared(_) => None,
            Part::Input(name) => {
                let proved = self.proved.contains(name);
                (!proved).then(|| format!("{name} never shows B anything of its own"))
            }
            Part::Field(name) => match (
                self.filled.contains(name),
                NEVER_FILLED.contains(&name.as_str()),
            ) {
                (false, false) => Some(format!("{name} is null in every answer")),
                (true, true) => Some(format!("{name} is no longer NEVER_FILLED")),
                _ => None,
            },
            Part::Value(name) => {
                let known = self.tried.contains(name) || self.said.contains(name);
                match (known, NEVER_SAID.contains(&name.as_str())) {
                    (false, false) => Some(format!("{name} is neither asked for nor answered")),
                    (true, true) => Some(format!("{name} is no longer NEVER_SAID")),
                    _ => None,
                }
            }
        }
    }
}

/// One thing of the schema to cover, by its name.
enum Part {
    Field(String),
    /// A field of an interface: filled as its objects' are.
    Shared(String),
    /// An argument or a field of an input.
    Input(String),
    /// A value of an enum.
    Value(String),
}
