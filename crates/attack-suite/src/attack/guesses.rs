//! A customer asks for what is another's, by every id and cursor that the other could be made to tell, and by guessing.

use anyhow::Context as _;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::attempt::{Attempt, Family};
use crate::credentials::{VICTIM_ORG, bearer};
use crate::http::{Request, ask};
use crate::target::{ATTACKER, OWN_DEVICE, Target, VICTIM_DEVICE};

const AS_NOTHING: &str = "as for what is not there";

const KNOWN: &str = "query($id: ID!) { connection(clientId: $id) { id account { id } }
    messages(first: 1) { nodes { id messageId } pageInfo { endCursor } }
    connections(first: 1) { pageInfo { endCursor } } }";

/// A document with `$x`, what of the victim's goes there, and what names nothing goes there.
struct Probe {
    what: &'static str,
    document: &'static str,
    theirs: Value,
    nobodys: Value,
}

/// Tries them all.
pub async fn all(target: &Target) -> anyhow::Result<Vec<Attempt>> {
    let known = leaked(target).await?;
    let mut attempts = Vec::new();
    for probe in probes(&known) {
        attempts.push(compared(target, &probe).await?);
    }
    attempts.push(guessed(target).await?);
    attempts.push(tampered(target).await?);
    attempts.push(misplaced(target).await?);
    Ok(attempts)
}

/// Everything of the victim that has an id, as though it had leaked.
async fn leaked(target: &Target) -> anyhow::Result<Value> {
    let send = "mutation($id: ID!) { sendMessage(input: {clientId: $id, directive: \"echo\"}) { message { id } } }";
    let variables = json!({"id": VICTIM_DEVICE});
    target
        .run(&target.victim_token, send, variables.clone())
        .await?;
    let answer = target.run(&target.victim_token, KNOWN, variables).await?;
    let data = answer["data"].clone();
    anyhow::ensure!(
        data["messages"]["nodes"][0]["id"].is_string(),
        "the victim has nothing: {answer}"
    );
    Ok(data)
}

fn probes(known: &Value) -> Vec<Probe> {
    let node = "query($x: ID!) { node(id: $x) { id } nodes(ids: [$x]) { id } }";
    let device = "query($x: ID!) { connection(clientId: $x) { id } account { connection(clientId: $x) { id } }
        connections(first: 9, filter: {clientIds: [$x]}) { totalCount nodes { id } } connectionStats(filter: {clientIds: [$x]}) { total } }";
    let mail = "query($x: UUID!) { message(messageId: $x) { id } messages(first: 9, filter: {messageIds: [$x]}) { totalCount } }";
    let ping = "mutation($x: ID!) { ping(input: {clientId: $x}) { message { id } errors { code message } } }";
    let send = "mutation($x: ID!) { sendMessage(input: {clientId: $x, directive: \"echo\"}) { message { id } errors { code message } } }";
    let account = "query($x: ID!) { account(by: {orgId: $x}) { id } }";
    let list =
        "query($x: String!) { connections(first: 9, after: $x) { totalCount nodes { id } } }";
    let message = &known["messages"]["nodes"][0];
    let probe = |what, document, theirs: &Value, nobodys: &str| Probe {
        what,
        document,
        theirs: theirs.clone(),
        nobodys: json!(nobodys),
    };
    let no_node = URL_SAFE_NO_PAD.encode("CS:nobody-1");
    let no_uuid = "5d2f4c7e-6a52-4b6e-93a1-0b7d9b9f6c11";
    let id = &known["connection"]["id"];
    vec![
        probe("`node`: a device", node, id, &no_node),
        probe(
            "`node`: an account",
            node,
            &known["connection"]["account"]["id"],
            &no_node,
        ),
        probe("`node`: a message", node, &message["id"], &no_node),
        probe(
            "a client id, in every query and filter",
            device,
            &json!(VICTIM_DEVICE),
            "nobody-1",
        ),
        probe("a message id", mail, &message["messageId"], no_uuid),
        probe("`ping`", ping, &json!(VICTIM_DEVICE), "nobody-1"),
        probe("`sendMessage`", send, &json!(VICTIM_DEVICE), "nobody-1"),
        probe("an organisation", account, &json!(VICTIM_ORG), "99999"),
        probe(
            "a cursor",
            list,
            &known["connections"]["pageInfo"]["endCursor"],
            "nowhere",
        ),
    ]
}

/// What is the victim's has to be answered byte for byte as what is nobody's.
async fn compared(target: &Target, probe: &Probe) -> anyhow::Result<Attempt> {
    let theirs = whole_answer(target, probe.document, &probe.theirs).await?;
    let nobodys = whole_answer(target, probe.document, &probe.nobodys).await?;
    let asked_for = theirs.contains(VICTIM_DEVICE) || theirs.contains(VICTIM_ORG);
    let answer = if theirs == nobodys && !asked_for {
        AS_NOTHING.to_owned()
    } else {
        theirs
    };
    Ok(Attempt::new(
        Family::Guesses,
        probe.what,
        AS_NOTHING,
        answer,
    ))
}

/// Status, headers and body, without what says when.
async fn whole_answer(target: &Target, document: &str, x: &Value) -> anyhow::Result<String> {
    let request = Request::graphql(document, &json!({"x": x}))
        .with_all(&bearer(&target.token))
        .with("x-request-id", "the-same");
    let mut answer = ask(ATTACKER, target.server.api, &request).await?;
    answer.headers.retain(|(name, _)| name != "date");
    Ok(format!(
        "{} {:?} {}",
        answer.status, answer.headers, answer.body
    ))
}

/// Global ids are no secret, and nothing rests on that: guesses that are right find nothing either.
async fn guessed(target: &Target) -> anyhow::Result<Attempt> {
    let kinds = ["CS:victim-", "AC:2000", "MS:victim-1/"];
    let guesses =
        (0..1000).map(|n| URL_SAFE_NO_PAD.encode(format!("{}{n}", kinds[n % kinds.len()])));
    let guesses: Vec<String> = guesses.collect();
    let mut found = 0;
    for ids in guesses.chunks(100) {
        let document = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }";
        let answer = target
            .run(&target.token, document, json!({"ids": ids}))
            .await?;
        let nodes = answer["data"]["nodes"].as_array();
        let nodes = nodes.with_context(|| format!("no nodes: {answer}"))?;
        found += nodes.iter().filter(|node| !node.is_null()).count();
    }
    let what = "`nodes`: 1000 guesses, some of them right";
    Ok(Attempt::new(
        Family::Guesses,
        what,
        "0 found",
        format!("{found} found"),
    ))
}

/// The attacker's own cursor, with each of its bytes changed in turn.
async fn tampered(target: &Target) -> anyhow::Result<Attempt> {
    let answer = target
        .run(&target.token, KNOWN, json!({"id": OWN_DEVICE}))
        .await?;
    let cursor = answer["data"]["connections"]["pageInfo"]["endCursor"].as_str();
    let bytes = URL_SAFE_NO_PAD.decode(cursor.context("a cursor")?)?;
    let document = "query($x: String!) { connections(first: 9, after: $x) { totalCount } }";
    let mut taken = 0;
    for index in 0..bytes.len() {
        let mut bytes = bytes.clone();
        bytes[index] ^= 1;
        let x = URL_SAFE_NO_PAD.encode(bytes);
        let answer = target.run(&target.token, document, json!({"x": x})).await?;
        let refused = answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT";
        taken += usize::from(!refused);
    }
    let what = format!("an own cursor with one bit changed, {} times", bytes.len());
    Ok(Attempt::new(
        Family::Guesses,
        what,
        "0 taken",
        format!("{taken} taken"),
    ))
}

/// The attacker's own cursor, in other lists than the one it is of.
async fn misplaced(target: &Target) -> anyhow::Result<Attempt> {
    let answer = target
        .run(&target.token, KNOWN, json!({"id": OWN_DEVICE}))
        .await?;
    let cursor = answer["data"]["connections"]["pageInfo"]["endCursor"].clone();
    let mut taken = 0;
    for document in [
        "query($x: String!) { messages(first: 9, after: $x) { totalCount } }",
        "query($x: String!) { connections(first: 9, after: $x, orderBy: {field: CLIENT_ID, direction: DESC}) { totalCount } }",
        "query($x: String!) { accounts(first: 9, after: $x) { totalCount } }",
    ] {
        let answer = target
            .run(&target.token, document, json!({"x": cursor}))
            .await?;
        taken += usize::from(answer["errors"][0]["extensions"]["code"].as_str().is_none());
    }
    let what = "an own cursor in another list, or order";
    Ok(Attempt::new(
        Family::Guesses,
        what,
        "0 taken",
        format!("{taken} taken"),
    ))
}
