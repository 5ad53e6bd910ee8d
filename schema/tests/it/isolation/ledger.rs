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
        let (mut parts, mut missing) = (0, Vec::new());
        for (on, kind) in self.sdl.types() {
            match kind {
                Kind::Scalar => {}
                Kind::Enum(values) => {
                    for value in values {
                        parts += 1;
                        self.settle_value(&format!("{on}.{value}"), &mut missing);
                    }
                }
                Kind::Input(fields) => {
                    for field in fields {
                        parts += 1;
                        self.settle_part(&format!("{on}.{}", field.name), &mut missing);
                    }
                }
                Kind::Object(fields) | Kind::Interface(fields, _) => {
                    for field in fields {
                        let part = format!("{on}.{}", field.name);
                        parts += 1 + field.arguments.len();
                        self.settle_part(&part, &mut missing);
                        if matches!(kind, Kind::Object(_)) {
                            self.settle_filled(&part, &mut missing);
                        }
                        for argument in &field.arguments {
                            let part = format!("{part}({})", argument.name);
                            self.settle_part(&part, &mut missing);
                        }
                    }
                }
            }
        }
        assert!(
            missing.is_empty(),
            "the walk does not cover the schema; see isolation/mod.rs for what to add where:\n{}",
            missing.join("\n")
        );
        println!(
            "isolation: {parts} of {parts} fields, arguments, input fields and enum values are covered"
        );
    }

    fn settle_part(&self, part: &str, missing: &mut Vec<String>) {
        if !self.tried.contains(part) {
            missing.push(format!("{part} is never tried"));
        }
    }

    fn settle_filled(&self, part: &str, missing: &mut Vec<String>) {
        match (self.filled.contains(part), NEVER_FILLED.contains(&part)) {
            (false, false) => missing.push(format!("{part} is null in every answer")),
            (true, true) => missing.push(format!("{part} is no longer NEVER_FILLED")),
            _ => {}
        }
    }

    fn settle_value(&self, value: &str, missing: &mut Vec<String>) {
        let known = self.tried.contains(value) || self.said.contains(value);
        match (known, NEVER_SAID.contains(&value)) {
            (false, false) => missing.push(format!("{value} is neither asked for nor answered")),
            (true, true) => missing.push(format!("{value} is no longer NEVER_SAID")),
            _ => {}
        }
    }
}
