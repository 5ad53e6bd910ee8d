//! Limits on the text of a document, which the library does not have: bytes, tokens, nesting, and selections at the
//! root, where aliases of `__typename` would cost nothing, and in all, where fragments multiply.

mod introspection;
mod selections;
mod tokens;

use async_graphql::parser::types::ExecutableDocument;

use crate::limits::DocumentLimits;

use self::selections::Selections;

/// Which limit a document is over.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DocumentError {
    /// Longer than a document may be.
    #[error("the document has {actual} bytes, at most {limit} are taken")]
    TooLong {
        /// Its bytes.
        actual: usize,
        /// The limit.
        limit: usize,
    },
    /// More tokens than a document may have.
    #[error("the document has more than {limit} tokens")]
    TooManyTokens {
        /// The limit.
        limit: usize,
    },
    /// More brackets open at once than may be.
    #[error("the document is nested more than {limit} deep")]
    TooNested {
        /// The limit.
        limit: usize,
    },
    /// More selections at the root of an operation than may be.
    #[error("an operation selects {actual} fields at its root, at most {limit} are taken")]
    TooManyRoots {
        /// What it selects, aliases and fragments included.
        actual: usize,
        /// The limit.
        limit: usize,
    },
    /// More selections in all, fragments written out, than an operation may have.
    #[error("an operation selects more than {limit} fields, its fragments written out")]
    TooManySelections {
        /// The limit.
        limit: usize,
    },
    /// An integer that would lose digits where it stands.
    #[error("an integer in the document does not fit 64 bits: give it in a variable")]
    WideInteger,
    /// It asks for the schema itself, which this server does not tell.
    #[error("introspection is off on this server")]
    Introspection,
    /// It is no GraphQL document.
    #[error("{0}")]
    Unparsable(String),
}

/// Checks a document against the default limits. The schema checks every request by itself; this is for whoever wants
/// to refuse a document before executing it.
pub fn check_document(text: &str) -> Result<(), DocumentError> {
    let limits = DocumentLimits::default();
    check_text(text, &limits)?;
    let document = async_graphql::parser::parse_query(text)
        .map_err(|error| DocumentError::Unparsable(error.to_string()))?;
    check_selections(&document, &limits)
}

/// Checks the text, before it is parsed.
pub(crate) fn check_text(text: &str, limits: &DocumentLimits) -> Result<(), DocumentError> {
    if text.len() > limits.bytes {
        return Err(DocumentError::TooLong {
            actual: text.len(),
            limit: limits.bytes,
        });
    }
    let found = tokens::count(text);
    if found.number > limits.tokens {
        return Err(DocumentError::TooManyTokens {
            limit: limits.tokens,
        });
    }
    if found.nesting > limits.nesting {
        return Err(DocumentError::TooNested {
            limit: limits.nesting,
        });
    }
    if found.wide_integer {
        return Err(DocumentError::WideInteger);
    }
    Ok(())
}

/// Checks what each operation selects, at its root and in all.
pub(crate) fn check_selections(
    document: &ExecutableDocument,
    limits: &DocumentLimits,
) -> Result<(), DocumentError> {
    let mut selections = Selections::of(document);
    for (_, operation) in document.operations.iter() {
        let counts = selections.count(&operation.node.selection_set.node).ok_or(
            DocumentError::TooNested {
                limit: limits.nesting,
            },
        )?;
        if counts.level > limits.root_selections {
            return Err(DocumentError::TooManyRoots {
                actual: counts.level,
                limit: limits.root_selections,
            });
        }
        if counts.all > limits.selections {
            return Err(DocumentError::TooManySelections {
                limit: limits.selections,
            });
        }
    }
    Ok(())
}

/// Refuses a document that asks for the schema itself.
pub(crate) fn check_introspection(document: &ExecutableDocument) -> Result<(), DocumentError> {
    if introspection::asks_for_schema(document) {
        return Err(DocumentError::Introspection);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ordinary_document_passes() {
        let text =
            "query A($x: ID!) { a: __typename node(id: $x) { ...f } } fragment f on Node { id }";
        assert_eq!(check_document(text), Ok(()));
    }

    #[test]
    fn the_schema_is_asked_for_wherever_that_stands_and_a_type_name_is_not_it() {
        let check = |text| {
            let document = async_graphql::parser::parse_query(text).expect("a document");
            check_introspection(&document)
        };
        for text in [
            "{ __schema { types { name } } }",
            r#"query A { viewer { name } } query B { a: __type(name: "X") { name } }"#,
            "{ ...f } fragment f on Query { __schema { types { name } } }",
            "{ ... { ... on Query { __schema { types { name } } } } }",
        ] {
            assert_eq!(check(text), Err(DocumentError::Introspection), "{text}");
        }
        assert_eq!(check("{ __typename viewer { __typename } }"), Ok(()));
    }

    #[test]
    fn floods_are_refused_whatever_they_are_made_of() {
        let aliases = (0..51).map(|n| format!("a{n}: __typename"));
        let aliases = aliases.collect::<Vec<_>>().join(" ");
        assert!(matches!(
            check_document(&format!("{{ {aliases} }}")),
            Err(DocumentError::TooManyRoots { limit: 50, .. })
        ));
        let hidden = format!("{{ ...f }} fragment f on Query {{ {aliases} }}");
        assert!(matches!(
            check_document(&hidden),
            Err(DocumentError::TooManyRoots { .. })
        ));
        let doubling = (0..30).map(|n| {
            let spread = format!("...f{}", n + 1);
            format!("fragment f{n} on Query {{ a{n}: node(id: 1) {{ {spread} {spread} }} }}")
        });
        let doubling = doubling.collect::<Vec<_>>().join(" ");
        assert!(matches!(
            check_document(&format!(
                "{{ ...f0 }} {doubling} fragment f30 on Query {{ id }}"
            )),
            Err(DocumentError::TooManySelections { .. })
        ));
        assert!(matches!(
            check_document(&"a ".repeat(10_001)),
            Err(DocumentError::TooManyTokens { .. })
        ));
        let nested = format!(
            "{{ node(id: {}1{}) {{ id }} }}",
            "[".repeat(1000),
            "]".repeat(1000)
        );
        assert!(matches!(
            check_document(&nested),
            Err(DocumentError::TooNested { .. })
        ));
        assert!(matches!(
            check_document(&"#".repeat(65_537)),
            Err(DocumentError::TooLong { .. })
        ));
    }
}
