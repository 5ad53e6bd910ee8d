//! A fleet against the whole platform on its embedded parts.

mod outage;
mod speaking;

use std::time::Duration;

use connector_device::Identity;
use connector_load::{Fleet, Options, identities};
use connector_testkit::{TestPlatform, eventually};
use connector_transport::embedded::Authority;

/// Certificates of the platform's own authority.
fn certificates(platform: &TestPlatform, devices: usize) -> Vec<Identity> {
    let directory = platform.data_dir().join("certs/devices");
    let authority = Authority::open(&directory, "tests").expect("the authority opens");
    let names = (0..devices).map(|index| format!("fleet-{index}"));
    identities(&authority, authority.ca_pem(), names).expect("certificates")
}

fn options(platform: &TestPlatform, rate: f64) -> Options {
    let devices = platform.devices();
    Options {
        silent_return_every: 3,
        longest_retry: Duration::from_millis(500),
        ..Options::new(devices.ip().to_string(), devices.port(), rate)
    }
}

/// Waits until every device is as wished and everything it said is acknowledged.
async fn until_settled(fleet: &Fleet) {
    let look = || async {
        let unsettled = fleet.unsettled();
        unsettled
            .into_iter()
            .map(|member| member.client_id().to_owned())
            .collect::<Vec<_>>()
    };
    eventually("the fleet is settled", look, Vec::is_empty).await;
}

/// How much the fleet has said.
fn said(fleet: &Fleet) -> u32 {
    let members = fleet.members().iter();
    members.map(|member| member.memory().count()).sum()
}

/// Lets the fleet speak until it has said so much more.
async fn say(fleet: &Fleet, more: u32) {
    let goal = said(fleet) + more;
    fleet.speak(true);
    eventually(
        "the fleet speaks",
        || async { said(fleet) },
        |said| *said >= goal,
    )
    .await;
    fleet.speak(false);
}
