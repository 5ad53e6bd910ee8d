//! What the pages may load and do: nothing but files and the API of this server.

/// The playground: its editor makes style sheets of its own while it runs.
const PLAYGROUND: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
    font-src 'self'; connect-src 'self'; worker-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/// Every other page.
const STRICT: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
    connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/// The value of `Content-Security-Policy` for a file of the build.
pub fn policy_of(path: &str) -> &'static str {
    if path == "index.html" {
        PLAYGROUND
    } else {
        STRICT
    }
}
