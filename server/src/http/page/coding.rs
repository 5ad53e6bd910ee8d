//! Which coding of a file a client takes (RFC 9110, section 12.5.3).

use axum::http::HeaderMap;
use axum::http::header::ACCEPT_ENCODING;

/// How a file is coded on the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coding {
    /// `br`
    Brotli,
    /// `gzip`
    Gzip,
    /// As it is.
    Identity,
}

impl Coding {
    /// The smallest one that the client takes.
    pub fn accepted(headers: &HeaderMap) -> Self {
        let values = headers.get_all(ACCEPT_ENCODING).iter();
        let listed: Vec<(&str, bool)> = values
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .map(weighed)
            .collect();
        let takes = |name: &str| {
            let named = listed
                .iter()
                .find(|(listed, _)| listed.eq_ignore_ascii_case(name));
            let any = listed.iter().find(|(listed, _)| *listed == "*");
            named.or(any).is_some_and(|(_, wanted)| *wanted)
        };
        if takes("br") {
            Self::Brotli
        } else if takes("gzip") {
            Self::Gzip
        } else {
            Self::Identity
        }
    }

    /// Value of `Content-Encoding`; none where the file is as it is.
    pub fn name(self) -> Option<&'static str> {
        match self {
            Self::Brotli => Some("br"),
            Self::Gzip => Some("gzip"),
            Self::Identity => None,
        }
    }
}

/// A coding's name, and whether it is wanted: `q=0` means that it is not.
fn weighed(listed: &str) -> (&str, bool) {
    let mut parts = listed.split(';').map(str::trim);
    let name = parts.next().unwrap_or_default();
    let weight = parts
        .filter_map(|parameter| parameter.strip_prefix("q="))
        .find_map(|weight| weight.parse::<f32>().ok());
    (name, weight.is_none_or(|weight| weight > 0.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_smallest_coding_that_the_client_takes_is_chosen() {
        let chosen = |value: &str| {
            let value = value.parse().expect("a header");
            Coding::accepted(&HeaderMap::from_iter([(ACCEPT_ENCODING, value)]))
        };
        assert_eq!(chosen("gzip, deflate, br, zstd"), Coding::Brotli);
        assert_eq!(chosen("gzip, br;q=0"), Coding::Gzip);
        assert_eq!(chosen("*"), Coding::Brotli);
        assert_eq!(chosen("*;q=0.5, br; q=0"), Coding::Gzip);
        assert_eq!(chosen("deflate"), Coding::Identity);
        assert_eq!(chosen("gzip;q=0.000"), Coding::Identity);
        assert_eq!(Coding::accepted(&HeaderMap::new()), Coding::Identity);
    }
}
