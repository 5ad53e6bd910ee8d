//! A caller of the API over HTTP.

use serde_json::{Value, json};

/// A caller with a token.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    /// Address of the server, without a path.
    pub base: String,
    /// The bearer token.
    pub token: String,
}

impl Client {
    /// A caller of `base` with `token`.
    pub fn new(base: String, token: String) -> Self {
        Self {
            http: reqwest::Client::new(),
            base,
            token,
        }
    }

    /// Runs an operation and returns the whole response.
    pub async fn execute(&self, query: &str, variables: Value) -> Value {
        let response = self
            .http
            .post(format!("{}/graphql", self.base))
            .bearer_auth(&self.token)
            .json(&json!({"query": query, "variables": variables}))
            .send()
            .await
            .expect("the server answers");
        response.json().await.expect("the answer is JSON")
    }

    /// Runs an operation that must have no errors and returns its data.
    pub async fn data(&self, query: &str, variables: Value) -> Value {
        let mut response = self.execute(query, variables).await;
        assert!(
            response.get("errors").is_none(),
            "unexpected errors: {response}"
        );
        response["data"].take()
    }

    /// State, reason and version of a device; null when there is none.
    pub async fn connection(&self, client_id: &str) -> Value {
        let query = "query($id: ID!) { connection(clientId: $id) {
            clientId state stateReason version clientName clientVersion
            dispatchers { name } tags { key value } canonicalFacts { fqdn raw } } }";
        self.data(query, json!({"id": client_id})).await["connection"].take()
    }
}
