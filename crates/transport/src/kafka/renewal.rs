//! Certificates that are renewed in their files while we run. librdkafka reads them when a client is made, so that a
//! client has to make way for a new one: once brokers are seen to accept the new ones, not before.

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, TryRecvError, channel};
use std::thread;
use std::time::{Duration, Instant};

use connector_domain::port::LogError;
use rdkafka::consumer::{BaseConsumer, Consumer};
use tracing::{info, warn};

use super::context::Context;
use super::failure::log_error;
use super::settings::Settings;
use crate::files::{Fingerprint, fingerprint};

/// How long brokers may take to answer a client that tries the new certificates.
const PATIENCE: Duration = Duration::from_secs(10);

/// The brokers answered a client with the new certificates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Accepted {
    /// The cluster's own name.
    pub(super) cluster_id: String,
}

/// Tells when a client is to make way.
pub(super) struct Renewal {
    client: &'static str,
    files: Vec<PathBuf>,
    look_every: Duration,
    look_at: Instant,
    /// Of the files that the client in use was made with.
    used: Fingerprint,
    trial: Option<Trial>,
    try_them: fn(&Settings) -> Result<Accepted, LogError>,
    settings: Settings,
}

/// New certificates being tried.
struct Trial {
    files: Fingerprint,
    outcome: Receiver<Result<Accepted, LogError>>,
}

impl Renewal {
    /// For a client that is made next: what changes while it reads the files is noticed.
    pub(super) fn new(client: &'static str, settings: &Settings) -> Self {
        let files = settings.security.files();
        Self {
            client,
            used: fingerprint(files.iter().map(PathBuf::as_path)),
            files,
            look_every: settings.look_every,
            look_at: Instant::now() + settings.look_every,
            trial: None,
            try_them: |settings| ask_the_brokers(settings, PATIENCE),
            settings: settings.clone(),
        }
    }

    /// Whether there are other certificates than the client in use has, and brokers accept them; told once. The files are
    /// looked at now and then, and what is new is tried on a thread of its own. What cannot be used is tried again: files are
    /// written one after the other, and may not fit together in between.
    pub(super) fn is_due(&mut self) -> Option<Accepted> {
        if self.files.is_empty() {
            return None;
        }
        if let Some(trial) = self.trial.take() {
            return self.judge(trial);
        }
        if Instant::now() >= self.look_at {
            self.look();
        }
        None
    }

    /// No client could be made with them after all: they are tried again.
    pub(super) fn is_not_done(&mut self) {
        self.used.clear();
    }

    /// How often the files are looked at.
    pub(super) fn look_every(&self) -> Duration {
        self.look_every
    }

    fn look(&mut self) {
        self.look_at = Instant::now() + self.look_every;
        let files = fingerprint(self.files.iter().map(PathBuf::as_path));
        if files == self.used {
            return;
        }
        let (settings, try_them) = (self.settings.clone(), self.try_them);
        let (told, outcome) = channel();
        let named = thread::Builder::new().name("kafka-renewal".to_owned());
        let started = named.spawn(move || {
            // The client may be gone by now.
            drop(told.send(try_them(&settings)));
        });
        match started {
            Ok(_) => self.trial = Some(Trial { files, outcome }),
            Err(error) => warn!(%error, "new certificates towards kafka cannot be tried"),
        }
    }

    fn count(&self, outcome: &'static str) {
        metrics::counter!("connector_kafka_renewals_total", "client" => self.client, "outcome" => outcome)
            .increment(1);
    }

    fn judge(&mut self, trial: Trial) -> Option<Accepted> {
        let error = match trial.outcome.try_recv() {
            Ok(Ok(accepted)) => {
                let client = self.client;
                self.count("accepted");
                info!(
                    client,
                    "certificates towards kafka have changed: beginning anew with them"
                );
                self.used = trial.files;
                return Some(accepted);
            }
            Err(TryRecvError::Empty) => {
                self.trial = Some(trial);
                return None;
            }
            Ok(Err(error)) => error,
            Err(TryRecvError::Disconnected) => LogError::Unavailable("the trial ended".to_owned()),
        };
        self.count("refused");
        warn!(client = self.client, %error, "certificates towards kafka have changed and cannot be used");
        self.look_at = Instant::now() + self.look_every;
        None
    }
}

fn ask_the_brokers(settings: &Settings, patience: Duration) -> Result<Accepted, LogError> {
    let client: BaseConsumer<Context> = settings
        .client_config(&[])
        .create_with_context(Context::named("renewal"))
        .map_err(|error| log_error(&error))?;
    match client.client().fetch_cluster_id(patience) {
        Some(cluster_id) => Ok(Accepted { cluster_id }),
        None => Err(LogError::Unavailable(
            "no broker answers a client with them".to_owned(),
        )),
    }
}

/// Lets a client go, on a thread of its own: its end waits for its threads.
pub(super) fn let_go<T: Send + 'static>(client: T) {
    let ending = thread::Builder::new().name("kafka-end".to_owned());
    drop(ending.spawn(move || drop(client)));
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::security::{Security, Tls};
    use super::*;

    fn renewal(file: &Path) -> Renewal {
        let tls = Tls {
            ca_file: Some(file.display().to_string()),
            certificate: None,
        };
        let settings = Settings {
            security: Security::Tls(tls),
            look_every: Duration::from_hours(1),
            ..Settings::new("127.0.0.1:1", "test")
        };
        Renewal {
            // The file says how it goes.
            try_them: |settings| match std::fs::read_to_string(&settings.security.files()[0]) {
                Ok(text) if text.starts_with("good") => Ok(Accepted { cluster_id: text }),
                _ => Err(LogError::Unavailable("half of it".to_owned())),
            },
            ..Renewal::new("test", &settings)
        }
    }

    /// Whether a look at the files, and what follows from it, makes the client make way.
    fn due(renewal: &mut Renewal) -> Option<String> {
        renewal.look_at = Instant::now();
        loop {
            let accepted = renewal.is_due();
            if accepted.is_some() || renewal.trial.is_none() {
                return accepted.map(|accepted| accepted.cluster_id);
            }
            thread::sleep(Duration::from_millis(1));
        }
    }

    #[test]
    fn a_client_makes_way_once_for_each_change_that_can_be_used() {
        let directory = tempfile::tempdir().expect("a directory");
        let file = directory.path().join("ca.pem");
        std::fs::write(&file, "good at first").expect("written");
        let mut renewal = renewal(&file);
        assert_eq!(due(&mut renewal), None);
        std::fs::write(&file, "bad").expect("written");
        assert_eq!(due(&mut renewal), None);
        std::fs::write(&file, "good again").expect("written");
        assert_eq!(due(&mut renewal).as_deref(), Some("good again"));
        assert_eq!(due(&mut renewal), None);
        renewal.is_not_done();
        assert_eq!(due(&mut renewal).as_deref(), Some("good again"));
    }

    #[test]
    fn without_files_nothing_changes() {
        let mut renewal = Renewal::new("test", &Settings::new("127.0.0.1:1", "test"));
        assert_eq!(due(&mut renewal), None);
    }

    #[test]
    fn without_an_answer_of_a_broker_nothing_is_accepted() {
        let nobody = Settings::new("127.0.0.1:1", "test");
        let refused = ask_the_brokers(&nobody, Duration::from_millis(200));
        assert!(
            matches!(refused, Err(LogError::Unavailable(_))),
            "{refused:?}"
        );
    }

    #[test]
    fn files_that_cannot_be_used_are_not_accepted() {
        let missing = Tls {
            ca_file: Some("/nowhere/ca.pem".to_owned()),
            certificate: None,
        };
        let settings = Settings {
            security: Security::Tls(missing),
            ..Settings::new("127.0.0.1:1", "test")
        };
        let refused = ask_the_brokers(&settings, PATIENCE);
        assert!(matches!(refused, Err(LogError::Refused(_))), "{refused:?}");
    }
}
