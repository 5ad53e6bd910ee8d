//! Which media type to answer in (GraphQL over HTTP, section 6.2; SSE for graphql-sse).

use axum::http::HeaderMap;
use axum::http::header::ACCEPT;

/// How a response is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Media {
    /// `application/graphql-response+json`: the status says whether the request was good.
    GraphqlResponse,
    /// `application/json`: every well-formed request is answered with 200.
    Json,
    /// `text/event-stream`: one event per result.
    EventStream,
}

impl Media {
    /// Value of `Content-Type`.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::GraphqlResponse => "application/graphql-response+json; charset=utf-8",
            Self::Json => "application/json; charset=utf-8",
            Self::EventStream => "text/event-stream; charset=utf-8",
        }
    }

    /// The caller's choice. Without `Accept`, and for `*/*`, JSON, which old clients expect and the graphql-http audits
    /// ask for. `None` when nothing we write is acceptable.
    pub fn accepted(headers: &HeaderMap) -> Option<Self> {
        let mut values = headers.get_all(ACCEPT).iter().peekable();
        if values.peek().is_none() {
            return Some(Self::Json);
        }
        let texts: Vec<&str> = values.filter_map(|value| value.to_str().ok()).collect();
        let ranges = texts
            .iter()
            .flat_map(|text| text.split(','))
            .filter_map(range);
        let best = ranges
            .filter(|(_, weight)| *weight > 0)
            .reduce(|best, found| {
                // Of equal weights the one written first wins.
                if found.1 > best.1 { found } else { best }
            });
        best.map(|(media, _)| media)
    }
}

/// One media range with its weight in thousandths; `None` for what we do not write.
fn range(text: &str) -> Option<(Media, u16)> {
    let mut parts = text.split(';').map(str::trim);
    let media = match parts.next()?.to_ascii_lowercase().as_str() {
        "application/graphql-response+json" => Media::GraphqlResponse,
        "application/json" | "application/*" | "*/*" => Media::Json,
        "text/event-stream" => Media::EventStream,
        _ => return None,
    };
    let mut weight = 1000;
    for parameter in parts {
        match parameter
            .split_once('=')
            .map(|(name, value)| (name.trim().to_ascii_lowercase(), value.trim()))
        {
            Some((name, value)) if name == "q" => weight = thousandths(value)?,
            Some((name, value))
                if name == "charset" && !value.trim_matches('"').eq_ignore_ascii_case("utf-8") =>
            {
                return None;
            }
            _ => {}
        }
    }
    Some((media, weight))
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped to 0–1000"
)]
fn thousandths(text: &str) -> Option<u16> {
    let weight: f32 = text.parse().ok()?;
    weight
        .is_finite()
        .then(|| (weight.clamp(0.0, 1.0) * 1000.0) as u16)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepted(accept: &str) -> Option<Media> {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, accept.parse().expect("a header"));
        Media::accepted(&headers)
    }

    #[test]
    fn the_callers_favourite_is_answered_in() {
        assert_eq!(Media::accepted(&HeaderMap::new()), Some(Media::Json));
        assert_eq!(accepted("*/*"), Some(Media::Json));
        assert_eq!(
            accepted("application/graphql-response+json, application/json"),
            Some(Media::GraphqlResponse)
        );
        assert_eq!(
            accepted("application/json;q=0.9, application/graphql-response+json;q=0.5"),
            Some(Media::Json)
        );
        assert_eq!(
            accepted(
                "application/graphql-response+json; charset=utf-8, application/json; charset=utf-8"
            ),
            Some(Media::GraphqlResponse)
        );
        assert_eq!(accepted("text/event-stream"), Some(Media::EventStream));
        assert_eq!(accepted("text/html"), None);
        assert_eq!(accepted("application/json; charset=iso-8859-1"), None);
    }
}
