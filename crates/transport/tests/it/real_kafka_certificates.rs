//! Certificates towards a real Kafka that are renewed in their files while clients run.
//! `scripts/services run cargo test -p connector-transport --features service-tests`.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use connector_domain::port::{
    AppendError, Lease, LogError, RecordConsumer, RecordLog, RecordTail, TailItem, TailStart,
};
use connector_transport::kafka::{
    GroupConsumer, GroupLease, LeaseOptions, Producer, Security, Settings, Tail, Tls, verify_topics,
};
use rcgen::{CertificateParams, DnType, ExtendedKeyUsagePurpose, Issuer, KeyPair};
use tokio::time::{sleep, timeout};

use crate::kafka_group::{PATIENCE, at_most, options, place};
use crate::kafka_log::{producer, record};
use crate::link_broker::Wire;
use crate::real_kafka::topic;

/// How long the first certificate is valid: all clients connect within it, and none may live by it after it.
const VALID: Duration = Duration::from_secs(30);

fn environment(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("{name}: run it with scripts/services run"))
}

/// A certificate that the test's Kafka accepts, in files that stay where they are.
struct Files {
    authority: PathBuf,
    tls: Tls,
}

impl Files {
    fn new(directory: &Path) -> Self {
        let authority = PathBuf::from(environment("CONNECTOR_TEST_CERTS")).join("services");
        let path = |path: PathBuf| path.display().to_string();
        let own = (
            path(directory.join("own.pem")),
            path(directory.join("own.key")),
        );
        let tls = Tls {
            ca_file: Some(path(authority.join("ca.pem"))),
            certificate: Some(own),
        };
        Self { authority, tls }
    }

    fn write(&self, valid: Duration) {
        let read = |name: &str| std::fs::read_to_string(self.authority.join(name)).unwrap();
        let key = KeyPair::from_pem(&read("ca.key")).unwrap();
        let issuer = Issuer::from_ca_cert_pem(&read("ca.pem"), key).unwrap();
        let mut params = CertificateParams::default();
        params
            .distinguished_name
            .push(DnType::CommonName, "connector");
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        params.not_before = (SystemTime::now() - Duration::from_mins(1)).into();
        params.not_after = (SystemTime::now() + valid).into();
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &issuer).unwrap();
        let (own, own_key) = self.tls.certificate.as_ref().unwrap();
        std::fs::write(own, certificate.pem()).unwrap();
        std::fs::write(own_key, key.serialize_pem()).unwrap();
    }

    fn copy(&self, from: &Self) {
        let (from, to) = (&from.tls.certificate, &self.tls.certificate);
        let ((from, from_key), (to, to_key)) = (from.as_ref().unwrap(), to.as_ref().unwrap());
        std::fs::copy(from, to).unwrap();
        std::fs::copy(from_key, to_key).unwrap();
    }

    fn settings(&self, brokers: &str) -> Settings {
        Settings {
            security: Security::Tls(self.tls.clone()),
            look_every: Duration::from_millis(500),
            ..Settings::new(brokers, "test")
        }
    }
}

async fn append(producer: &Producer, topic: &str, numbers: std::ops::Range<u32>) {
    for number in numbers {
        let value = number.to_string();
        let mut next = record(topic, &value, &value);
        loop {
            match producer.append(next) {
                Ok(report) => {
                    report.await.unwrap();
                    break;
                }
                Err(AppendError::QueueFull(back)) => next = *back,
                Err(error) => panic!("{error}"),
            }
            sleep(Duration::from_millis(5)).await;
        }
    }
}

fn number(value: Option<&bytes::Bytes>) -> u32 {
    let text = std::str::from_utf8(value.unwrap()).unwrap();
    text.parse().unwrap()
}

async fn read_by_group(group: &GroupConsumer, numbers: std::ops::Range<u32>) {
    let mut records = Vec::new();
    let reading = async {
        while records.len() < numbers.len() {
            match group.next(at_most(numbers.len() - records.len())).await {
                Ok(taken) => records.extend(taken),
                // It connects again.
                Err(LogError::Unavailable(_)) => {}
                Err(error) => panic!("{error}"),
            }
        }
    };
    timeout(PATIENCE, reading).await.expect("records in time");
    let places: Vec<_> = records.iter().map(place).collect();
    group.done(&places).unwrap();
    let mut read: Vec<u32> = records
        .iter()
        .map(|record| number(record.value.as_ref()))
        .collect();
    read.sort_unstable();
    assert_eq!(read, numbers.collect::<Vec<_>>(), "by the group");
}

async fn read_by_tail(tail: &Tail, numbers: std::ops::Range<u32>) {
    let mut read = Vec::new();
    while read.len() < numbers.len() {
        match timeout(PATIENCE, tail.next())
            .await
            .expect("in time")
            .unwrap()
        {
            TailItem::Record(record) => read.push(number(record.value.as_ref())),
            TailItem::CaughtUp => {}
        }
    }
    read.sort_unstable();
    assert_eq!(read, numbers.collect::<Vec<_>>(), "by the tail");
}

async fn acquire(lease: &GroupLease) {
    let acquired = timeout(PATIENCE, async {
        while lease.acquire().await.is_err() {
            sleep(Duration::from_millis(100)).await;
        }
    });
    acquired.await.expect("the lease in time");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn certificates_renewed_in_their_files_take_over_before_the_former_ones_end() {
    let (name, lease_name) = (
        topic("renewal", 3, &[]).await,
        topic("renewal-lease", 1, &[]).await,
    );
    let (near, far) = (
        environment("CONNECTOR_TEST_KAFKA_TLS_WIRE"),
        environment("CONNECTOR_TEST_KAFKA_TLS"),
    );
    let directory = tempfile::tempdir().unwrap();
    let (files, former) = (
        Files::new(directory.path()),
        Files::new(&directory.path().join("former")),
    );
    std::fs::create_dir(directory.path().join("former")).unwrap();
    let wire = Wire::between(
        near.parse::<SocketAddr>().unwrap(),
        far.parse::<SocketAddr>().unwrap(),
    )
    .await;
    files.write(VALID);
    let expires = tokio::time::Instant::now() + VALID + Duration::from_secs(2);
    former.copy(&files);

    let settings = files.settings(&near);
    let producer = producer(&settings);
    append(&producer, &name, 0..50).await;
    let group = GroupConsumer::join(&settings, &options(&name)).unwrap();
    read_by_group(&group, 0..50).await;
    let tail = Tail::open(
        &settings,
        std::slice::from_ref(&name),
        TailStart::Oldest,
        None,
    )
    .await
    .unwrap();
    read_by_tail(&tail, 0..50).await;
    let lease = GroupLease::new(
        &settings,
        LeaseOptions {
            topic: lease_name,
            session_timeout: Duration::from_secs(6),
        },
    );
    acquire(&lease).await;
    assert!(
        tokio::time::Instant::now() < expires - Duration::from_secs(4),
        "too slow a start"
    );

    files.write(Duration::from_hours(1));
    timeout(PATIENCE, lease.lost())
        .await
        .expect("whoever holds the lease asks for it anew");
    acquire(&lease).await;
    append(&producer, &name, 50..100).await;
    read_by_group(&group, 50..100).await;
    read_by_tail(&tail, 50..100).await;

    tokio::time::sleep_until(expires).await;
    wire.cut();
    let refused = verify_topics(&former.settings(&near), &[&name]).await;
    assert!(refused.is_err(), "the former certificate has ended");
    let accepted = verify_topics(&settings, &[&name]).await;
    assert!(accepted.is_ok(), "{accepted:?}");
    append(&producer, &name, 100..150).await;
    read_by_group(&group, 100..150).await;
    read_by_tail(&tail, 100..150).await;
    // Who cannot reach the brokers takes the lease for lost by then.
    sleep(Duration::from_secs(8)).await;
    acquire(&lease).await;
    lease.release().await;
    group.close().await;
    tail.close().await;
}
