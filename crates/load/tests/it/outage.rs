//! A broker that goes away and comes back.

use connector_load::{Fleet, Truth, Wish};
use connector_testkit::{TestPlatform, free_port};

use crate::{certificates, options, say, until_settled};

#[tokio::test(flavor = "multi_thread")]
async fn everything_said_is_acknowledged_in_the_end_though_the_broker_restarts() {
    let port = free_port();
    let platform = TestPlatform::start_with(|config| config.mqtt.listen_port = port).await;
    let fleet = Fleet::start(options(&platform, 400.0), certificates(&platform, 6));
    until_settled(&fleet).await;
    fleet.wish(5, Wish::Gone);
    say(&fleet, 100).await;
    fleet.speak(true);

    let platform = platform.restart().await;
    say(&fleet, 100).await;
    until_settled(&fleet).await;

    for (index, member) in fleet.members().iter().enumerate() {
        let memory = member.memory();
        let acknowledged = |said: &connector_load::Said| said.acknowledged_at().is_some();
        assert!(
            memory.said().iter().all(acknowledged),
            "{}",
            member.client_id()
        );
        let truth = if index == 5 {
            Truth::Gone
        } else {
            Truth::Online
        };
        assert_eq!(memory.truth, truth);
    }
    fleet.stop().await;
    platform.stop().await;
}
