//! Requests that cost more to answer than to send.

use serde_json::{Value, json};

use crate::attempt::{Attempt, Family};
use crate::credentials::bearer;
use crate::http::{Request, outcome};
use crate::target::{ATTACKER, Target};

const COMPLEX: &str = "QUERY_TOO_COMPLEX";
const DEEP: &str = "QUERY_TOO_DEEP";
const INVALID: &str = "GRAPHQL_VALIDATION_FAILED";

/// Tries them all, as a customer with a token.
pub async fn all(target: &Target) -> anyhow::Result<Vec<Attempt>> {
    let mut attempts = Vec::new();
    for (what, document, code) in costly() {
        let request = Request::graphql(&document, &Value::Null);
        // Without `Accept: application/graphql-response+json` refusals of the document itself are 200.
        let expected = format!("200 {code}");
        attempts.push(tried(target, what, request, &expected).await);
    }
    for (what, request, expected) in requests() {
        attempts.push(tried(target, what, request, expected).await);
    }
    Ok(attempts)
}

async fn tried(target: &Target, what: &str, request: Request, expected: &str) -> Attempt {
    let request = request.with_all(&bearer(&target.token));
    let answer = outcome(ATTACKER, target.server.api, &request).await;
    Attempt::new(Family::Documents, what, expected, answer)
}

/// Documents, each with the code of its refusal.
pub fn costly() -> Vec<(&'static str, String, &'static str)> {
    let mut documents = wide();
    documents.extend(nested());
    documents.extend(spread());
    documents
}

fn many(number: usize, part: impl Fn(usize) -> String) -> String {
    (0..number).map(part).collect::<Vec<_>>().join(" ")
}

fn wide() -> Vec<(&'static str, String, &'static str)> {
    let viewer = |n| format!("a{n}: viewer {{ name }}");
    vec![
        (
            "5,000 aliases of `__typename`",
            format!("{{ {} }}", many(5000, |n| format!("a{n}: __typename"))),
            COMPLEX,
        ),
        (
            "3,000 aliases of a field",
            format!("{{ {} }}", many(3000, viewer)),
            COMPLEX,
        ),
        (
            "51 aliases, one more than there may be",
            format!("{{ {} }}", many(51, viewer)),
            COMPLEX,
        ),
        (
            "aliases hidden in a fragment",
            format!(
                "{{ ...f }} fragment f on Query {{ {} }}",
                many(3000, viewer)
            ),
            COMPLEX,
        ),
        (
            "one field 10,000 times over",
            format!("{{ viewer {{ {} }} }}", "name ".repeat(10_000)),
            COMPLEX,
        ),
        (
            "5,000 directives at one field",
            format!(
                "{{ viewer {{ name {} }} }}",
                "@include(if: true) ".repeat(3000)
            ),
            COMPLEX,
        ),
        (
            "2,000 operations in one document",
            many(2000, |n| format!("query q{n} {{ viewer {{ name }} }}")),
            COMPLEX,
        ),
        (
            "2,000 variables",
            format!(
                "query({}) {{ viewer {{ name }} }}",
                many(2000, |n| format!("$v{n}: Int"))
            ),
            INVALID,
        ),
        (
            "a document of 1 MB",
            format!("{{ viewer {{ name }} }} #{}", "x".repeat(1_000_000)),
            COMPLEX,
        ),
        (
            "100 devices with 100 messages each",
            "{ connections(first: 100) { nodes { messages(first: 100) { nodes { id } } } } }"
                .to_owned(),
            COMPLEX,
        ),
        (
            "10,000 mistakes",
            format!("{{ viewer {{ {} }} }}", many(3000, |n| format!("x{n}"))),
            INVALID,
        ),
    ]
}

fn nested() -> Vec<(&'static str, String, &'static str)> {
    let device = r#"account { connection(clientId: "x") { "#;
    let nested = |depth: usize| {
        let (open, close) = (device.repeat(depth), "} }".repeat(depth));
        format!("{{ {open} orgId {close} }}")
    };
    let list = format!(
        "{{ nodes(ids: {}1{}) {{ id }} }}",
        "[".repeat(20_000),
        "]".repeat(20_000)
    );
    let types = "fields { type { ".repeat(20);
    let types = format!(
        "{{ __schema {{ types {{ {types} name {} }} }} }}",
        "} }".repeat(20)
    );
    vec![
        ("18 levels, two more than there may be", nested(9), DEEP),
        ("500 levels", nested(250), DEEP),
        ("a list in a list, 20,000 times", list, COMPLEX),
        ("10,000 open braces", "{ viewer ".repeat(5000), DEEP),
        (
            "introspection of types of fields of types, 40 levels",
            types,
            COMPLEX,
        ),
    ]
}

fn spread() -> Vec<(&'static str, String, &'static str)> {
    let next = |n: usize| format!("...f{} ", n + 1).repeat(10);
    let bomb = many(12, |n| format!("fragment f{n} on Query {{ {} }}", next(n)));
    let ring = "fragment a on Query { ...b } fragment b on Query { ...a }";
    vec![
        (
            "fragments that hold each other",
            format!("{{ ...a }} {ring}"),
            COMPLEX,
        ),
        (
            "a fragment that holds itself",
            "{ ...a } fragment a on Query { ...a }".to_owned(),
            COMPLEX,
        ),
        (
            "10 fragments in each of 12 (a trillion fields)",
            format!("{{ ...f0 }} {bomb} fragment f12 on Query {{ viewer {{ name }} }}"),
            COMPLEX,
        ),
    ]
}

/// Requests that are wrong as such.
fn requests() -> Vec<(&'static str, Request, &'static str)> {
    let post = |body: String| {
        Request::new("POST", "/graphql")
            .with("content-type", "application/json")
            .body(body)
    };
    let one = r#"{"query":"{ viewer { name } }"}"#;
    let batch = format!("[{}]", vec![one; 1000].join(","));
    let deep = format!(
        r#"{{"query":"{{ __typename }}","variables":{{"a":{}{}}}}}"#,
        "[".repeat(100_000),
        "]".repeat(100_000)
    );
    let ids: Vec<String> = (0..20_000).map(|n| format!("device-{n}")).collect();
    let filter =
        "query($ids: [ID!]) { connections(first: 1, filter: {clientIds: $ids}) { totalCount } }";
    let two = "query%20a%7B__typename%7D%20mutation%20b%7Bping(input%3A%7BclientId%3A%22own-1%22%7D)%7Berrors%7Bcode%7D%7D%7D";
    vec![
        ("a batch of 1,000 documents", post(batch), "400 BAD_REQUEST"),
        (
            "variables nested 100,000 deep",
            post(deep),
            "400 BAD_REQUEST",
        ),
        (
            "a body of 3 MiB",
            post(format!(r#"{{"query":"{}"}}"#, "x".repeat(3 << 20))),
            "413 BAD_REQUEST",
        ),
        (
            "a compressed body",
            post(one.to_owned()).with("content-encoding", "gzip"),
            "200",
        ),
        (
            "a filter of 20,000 ids",
            Request::graphql(filter, &json!({"ids": ids})),
            "200 BAD_USER_INPUT",
        ),
        (
            "a mutation by GET, as the second operation",
            Request::new("GET", &format!("/graphql?query={two}&operationName=b")),
            "405 METHOD_NOT_ALLOWED",
        ),
        (
            "a request line of 200 KB",
            Request::new("GET", &format!("/graphql?query={}", "x".repeat(200_000))),
            "431",
        ),
    ]
}
