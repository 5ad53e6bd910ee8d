//! Which devices: the API's `ConnectionFilter` as options.

use std::convert::Infallible;
use std::str::FromStr;

use clap::Args;
use serde::Serialize;

use crate::tools::api::choice::one_of;

/// Options that are all to be met. Left out, every device is meant.
#[derive(Debug, Args, Serialize)]
#[command(next_help_heading = "Which devices (all of these)")]
#[serde(rename_all = "camelCase")]
pub(super) struct Filter {
    /// In this state, or one of several: online,offline.
    #[arg(long, value_delimiter = ',', ignore_case = true, value_parser = one_of(["online", "offline"]))]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    state: Vec<String>,
    /// Words, each the beginning of a client id, FQDN or IP address.
    #[arg(long, value_name = "WORDS")]
    #[serde(skip_serializing_if = "Option::is_none")]
    search: Option<String>,
    /// Has this label, with this value or with any; once per label.
    #[arg(long = "tag", value_name = "KEY[=VALUE]")]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tags: Vec<Tag>,
    /// Has this worker; once per worker.
    #[arg(long = "dispatcher", value_name = "NAME")]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    dispatchers: Vec<String>,
    /// Has this client id, or one of several.
    #[arg(long = "client-id", value_name = "ID", value_delimiter = ',')]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    client_ids: Vec<String>,
    /// Of this organisation, or one of several. Others than one's own need `CROSS_TENANT`.
    #[arg(long = "org", value_name = "ORG", value_delimiter = ',')]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    org_ids: Vec<String>,
    /// Of this legacy account number, or one of several. Others than one's own need `CROSS_TENANT`.
    #[arg(long = "account", value_name = "N", value_delimiter = ',')]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    account_numbers: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Tag {
    key: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<String>,
}

impl FromStr for Tag {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        let (key, value) = match text.split_once('=') {
            Some((key, value)) => (key, Some(value.to_owned())),
            None => (text, None),
        };
        Ok(Self {
            key: key.to_owned(),
            value,
        })
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;
    use serde_json::json;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        filter: Filter,
    }

    fn wire(words: &[&str]) -> serde_json::Value {
        let words = ["list"].iter().chain(words);
        let line = Line::try_parse_from(words).expect("parses");
        serde_json::to_value(line.filter).expect("JSON")
    }

    #[test]
    fn only_what_is_asked_for_is_in_the_filter() {
        // An empty list matches nothing.
        assert_eq!(wire(&[]), json!({}));
        assert_eq!(
            wire(&[
                "--state", "Online", "--tag", "site=a=b", "--tag", "x", "--tag", "empty=", "--org",
                "1,2"
            ]),
            json!({
                "state": ["ONLINE"],
                "tags": [{"key": "site", "value": "a=b"}, {"key": "x"}, {"key": "empty", "value": ""}],
                "orgIds": ["1", "2"],
            })
        );
    }
}
