//! What a page of another origin can make a browser send, with whatever credentials it has: nothing of it is executed.

use serde_json::{Value, json};

use crate::attempt::{Attempt, Family};
use crate::credentials::bearer;
use crate::http::{Request, ask, outcome};
use crate::socket::{PROTOCOL, Socket};
use crate::target::{ATTACKER, OWN_DEVICE, Target};

const EVIL: &str = "https://evil.example.com";
const SENT: &str = "{ messages(first: 1, filter: {direction: TO_DEVICE}) { totalCount } }";

/// Tries them all; at last, that none had an effect.
pub async fn all(target: &Target) -> anyhow::Result<Vec<Attempt>> {
    let before = target.run(&target.token, SENT, Value::Null).await?;
    let mut attempts = Vec::new();
    for (what, request, expected) in simple().into_iter().chain(of_other_origins()) {
        let request = request.with_all(&bearer(&target.token));
        let answer = outcome(ATTACKER, target.server.api, &request).await;
        attempts.push(Attempt::new(Family::Pages, what, expected, answer));
    }
    attempts.push(preflight(target).await?);
    for origin in [EVIL, "null"] {
        attempts.push(socket(target, origin).await?);
    }
    let after = target.run(&target.token, SENT, Value::Null).await?;
    let answer = if before == after {
        "nothing was sent"
    } else {
        "something was sent"
    };
    let what = "the mutation in all of these";
    attempts.push(Attempt::new(
        Family::Pages,
        what,
        "nothing was sent",
        answer,
    ));
    Ok(attempts)
}

fn mutation() -> String {
    let document = format!(
        "mutation {{ ping(input: {{clientId: \"{OWN_DEVICE}\"}}) {{ errors {{ code }} }} }}"
    );
    json!({"query": document}).to_string()
}

/// Requests that browsers send from anywhere without asking first, and such as look like them.
fn simple() -> Vec<(String, Request, &'static str)> {
    let form = format!(
        "query={}",
        "mutation%7Bping(input%3A%7BclientId%3A%22own-1%22%7D)%7Berrors%7Bcode%7D%7D%7D"
    );
    let multipart = format!(
        "--x\r\ncontent-disposition: form-data; name=\"operations\"\r\n\r\n{}\r\n--x--",
        mutation()
    );
    let refused = "415 BAD_REQUEST";
    let mut tries: Vec<_> = [
        ("text/plain", mutation()),
        ("text/plain; application/json", mutation()),
        ("application/x-www-form-urlencoded", form.clone()),
        ("multipart/form-data; boundary=x", multipart),
        ("application/graphql", mutation()),
        ("application/json; charset=utf-16", mutation()),
        ("application/jsonx", mutation()),
        ("application/csp-report", mutation()),
    ]
    .into_iter()
    .map(|(media, body)| (format!("POST of `{media}`"), post(media, body), refused))
    .collect();
    let without = Request::new("POST", "/graphql").body(mutation());
    tries.push(("POST without a content type".to_owned(), without, refused));
    let get = Request::new("GET", &format!("/graphql?{form}"));
    tries.push((
        "a mutation by GET, as an image would".to_owned(),
        get,
        "405 METHOD_NOT_ALLOWED",
    ));
    tries
}

fn of_other_origins() -> Vec<(String, Request, &'static str)> {
    let refused = "403 FORBIDDEN";
    [EVIL, "null", "http://127.0.0.1", "file://"]
        .into_iter()
        .map(|origin| {
            let request = post("application/json", mutation()).with("origin", origin);
            (
                format!("POST of JSON from the origin `{origin}`"),
                request,
                refused,
            )
        })
        .collect()
}

fn post(media: &str, body: String) -> Request {
    Request::new("POST", "/graphql")
        .with("content-type", media)
        .body(body)
}

/// What a browser asks before it sends JSON to another origin: no answer may allow it.
async fn preflight(target: &Target) -> anyhow::Result<Attempt> {
    let request = Request::new("OPTIONS", "/graphql")
        .with("origin", EVIL)
        .with("access-control-request-method", "POST")
        .with(
            "access-control-request-headers",
            "authorization,content-type",
        );
    let answer = ask(ATTACKER, target.server.api, &request).await?;
    let allowed = answer
        .headers
        .iter()
        .any(|(name, _)| name.starts_with("access-control-allow"));
    let answer = if allowed { "allowed" } else { "not allowed" };
    let what = format!("the preflight of `{EVIL}`");
    Ok(Attempt::new(Family::Pages, what, "not allowed", answer))
}

/// A browser opens a socket to anywhere without asking.
async fn socket(target: &Target, origin: &str) -> anyhow::Result<Attempt> {
    let headers = [("sec-websocket-protocol", PROTOCOL), ("origin", origin)];
    let opened = Socket::open(ATTACKER, target.server.api, &headers).await?;
    let answer = opened
        .err()
        .map_or("open".to_owned(), |status| status.to_string());
    let what = format!("a WebSocket from the origin `{origin}`");
    Ok(Attempt::new(Family::Pages, what, "403", answer))
}
