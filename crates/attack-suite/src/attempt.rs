//! One attack that is over in a moment: what was tried, what the answer had to be, what it was.

/// What sort of attack, in the order of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Family {
    /// JSON Web Tokens.
    Tokens,
    /// `x-rh-identity`.
    Identities,
    /// Pre-shared keys.
    Keys,
    /// Ids and cursors of another tenant.
    Guesses,
    /// Documents that cost more than they may.
    Documents,
    /// What a page of another origin can make a browser send.
    Pages,
    /// Misuse of the WebSocket protocol.
    Sockets,
    /// TLS of the devices' port.
    Tls,
    /// What is left behind.
    Traces,
}

impl Family {
    /// The heading.
    pub fn title(self) -> &'static str {
        match self {
            Self::Tokens => "forged token",
            Self::Identities => "forged identity",
            Self::Keys => "guessed key",
            Self::Guesses => "another tenant's ids",
            Self::Documents => "costly document",
            Self::Pages => "another origin's page",
            Self::Sockets => "WebSocket misuse",
            Self::Tls => "TLS of the devices' port",
            Self::Traces => "traces",
        }
    }
}

/// One attack.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// What sort.
    pub family: Family,
    /// What was tried.
    pub what: String,
    /// What the answer had to be.
    pub expected: String,
    /// What it was.
    pub answer: String,
}

impl Attempt {
    /// What was tried, what had to come and what came.
    pub fn new(
        family: Family,
        what: impl Into<String>,
        expected: impl Into<String>,
        answer: impl Into<String>,
    ) -> Self {
        Self {
            family,
            what: what.into(),
            expected: expected.into(),
            answer: answer.into(),
        }
    }

    /// Whether the answer was as it had to be.
    pub fn is_held_off(&self) -> bool {
        self.answer == self.expected
    }
}
