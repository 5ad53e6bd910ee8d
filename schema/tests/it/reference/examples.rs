//! Which of the documents in `examples/` show an operation.

use std::collections::BTreeMap;
use std::path::Path;

use async_graphql::parser::parse_query;
use async_graphql::parser::types::{DocumentOperations, Selection};

/// File names by the operation they use.
pub struct Examples(BTreeMap<String, Vec<String>>);

impl Examples {
    pub fn read() -> Self {
        let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples");
        let mut files: Vec<_> = std::fs::read_dir(directory)
            .expect("examples")
            .map(|entry| entry.expect("an entry").path())
            .filter(|path| path.extension().is_some_and(|end| end == "graphql"))
            .collect();
        files.sort();
        let mut found: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for file in files {
            let name = file.file_name().expect("a name").to_string_lossy();
            for operation in operations_of(&file) {
                found.entry(operation).or_default().push(name.to_string());
            }
        }
        Self(found)
    }

    /// Links to them; nothing where there are none.
    pub fn of(&self, operation: &str) -> String {
        let files = self.0.get(operation).into_iter().flatten();
        let links: Vec<_> = files
            .map(|file| format!("[{file}](../examples/{file})"))
            .collect();
        if links.is_empty() {
            return String::new();
        }
        format!(" Example: {}.", links.join(", "))
    }
}

/// The fields at the root of every operation in a file.
fn operations_of(file: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(file).expect("an example");
    let document = parse_query(text).expect("an example is GraphQL");
    let operations = match document.operations {
        DocumentOperations::Single(one) => vec![one],
        DocumentOperations::Multiple(many) => many.into_values().collect(),
    };
    let selections = operations
        .into_iter()
        .flat_map(|one| one.node.selection_set.node.items);
    selections
        .filter_map(|selection| match selection.node {
            Selection::Field(field) => Some(field.node.name.node.to_string()),
            _ => None,
        })
        .collect()
}
