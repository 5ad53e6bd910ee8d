//! Breaking parts, and what an init system does: it starts again what ended, or asks for it.

use std::time::Duration;

use connector_service_tests::Role;
use tokio::time::{Instant, sleep};

use super::{LOOK, Scene};
use crate::part::Part;
use crate::say::say;

/// How often roles are asked whether they want a restart.
const ASK_EVERY: Duration = Duration::from_secs(5);
/// How long roles may take to be ready.
const READY: Duration = Duration::from_secs(90);

impl Scene {
    /// Ends a part as a crash does. Nothing starts it before [`start`](Self::start_part).
    pub async fn kill(&mut self, part: Part) {
        self.note_peaks();
        self.held = Some(part);
        match (part.service(), self.role(part)) {
            (Some(service), _) => self.stack.services.kill(service).await,
            (None, Some(role)) => role.signal("KILL").await,
            (None, None) => {}
        }
    }

    /// Starts a part that was killed; a service, until it answers.
    pub async fn start_part(&mut self, part: Part) {
        match part {
            Part::MqttConsumer => self.stack.mqtt_consumer = self.stack.new_mqtt_consumer(),
            Part::KafkaConsumer => self.stack.kafka_consumers[0] = self.stack.new_kafka_consumer(),
            Part::ApiServer => self.stack.api_server = self.stack.new_api_server(),
            Part::Mosquitto | Part::Kafka | Part::Postgres => {
                if let Some(service) = part.service() {
                    self.stack.services.start(service).await;
                }
            }
        }
        self.held = None;
    }

    /// Shuts a service down in order.
    pub async fn stop_part(&mut self, part: Part) {
        self.held = Some(part);
        if let Some(service) = part.service() {
            self.stack.services.stop(service).await;
        }
    }

    /// Kafka with nothing in it, in place of the one there is; it keeps its address.
    pub async fn recreate_kafka(&mut self) {
        self.stack.services.recreate_kafka().await;
    }

    /// Replaces the kafka consumers by others of another group, which reads everything from the start.
    pub async fn read_as(&mut self, group: &str) {
        for former in std::mem::take(&mut self.stack.kafka_consumers) {
            former.terminate().await;
        }
        self.stack.read_as(group);
        self.stack.kafka_consumers = (0..3).map(|_| self.stack.new_kafka_consumer()).collect();
    }

    /// Stops a part's processes where they are.
    pub async fn pause(&mut self, part: Part) {
        self.held = Some(part);
        match (part.service(), self.role(part)) {
            (Some(service), _) => self.stack.services.pause(service).await,
            (None, Some(role)) => role.signal("STOP").await,
            (None, None) => {}
        }
    }

    /// Lets them go on.
    pub async fn unpause(&mut self, part: Part) {
        match (part.service(), self.role(part)) {
            (Some(service), _) => self.stack.services.resume(service).await,
            (None, Some(role)) => role.signal("CONT").await,
            (None, None) => {}
        }
        self.held = None;
    }

    fn role(&self, part: Part) -> Option<&Role> {
        match part {
            Part::MqttConsumer => Some(&self.stack.mqtt_consumer),
            Part::KafkaConsumer => self.stack.kafka_consumers.first(),
            Part::ApiServer => Some(&self.stack.api_server),
            Part::Mosquitto | Part::Kafka | Part::Postgres => None,
        }
    }

    /// Every role.
    pub fn roles(&self) -> impl Iterator<Item = &Role> {
        let stack = &self.stack;
        [&stack.mqtt_consumer, &stack.api_server]
            .into_iter()
            .chain(&stack.kafka_consumers)
            .chain(&self.standby)
    }

    /// Whether every role says that everything is there.
    pub async fn is_ready(&self) -> bool {
        for role in self.roles() {
            if role.readiness().await["ready"] != true {
                return false;
            }
        }
        true
    }

    /// Waits until every role is ready.
    pub async fn until_ready(&mut self) -> anyhow::Result<()> {
        let deadline = Instant::now() + READY;
        while !self.is_ready().await {
            anyhow::ensure!(
                Instant::now() < deadline,
                "not every role is ready within {READY:?}"
            );
            self.tend().await;
            sleep(LOOK).await;
        }
        Ok(())
    }

    /// Starts again what has ended or asks for it, save what was broken on purpose.
    pub async fn tend(&mut self) {
        let asks = self.looked.elapsed() >= ASK_EVERY;
        if asks {
            self.looked = Instant::now();
        }
        let (stack, held) = (&mut self.stack, self.held);
        if held != Some(Part::MqttConsumer) && is_over(&mut stack.mqtt_consumer, asks).await {
            stack.mqtt_consumer = stack.new_mqtt_consumer();
            self.restarts += 1;
        }
        if held != Some(Part::ApiServer) && is_over(&mut stack.api_server, asks).await {
            stack.api_server = stack.new_api_server();
            self.restarts += 1;
        }
        for index in 0..stack.kafka_consumers.len() {
            let is_held = index == 0 && held == Some(Part::KafkaConsumer);
            if !is_held && is_over(&mut stack.kafka_consumers[index], asks).await {
                stack.kafka_consumers[index] = stack.new_kafka_consumer();
                self.restarts += 1;
            }
        }
    }

    /// How many roles were started again since the last call, without having been broken.
    pub fn take_restarts(&mut self) -> usize {
        std::mem::take(&mut self.restarts)
    }
}

/// Whether a role has ended, or was ended here because it asked for that.
async fn is_over(role: &mut Role, asks: bool) -> bool {
    if let Some(status) = role.ended() {
        let name = role.name();
        say(format!(
            "{name} has ended by itself ({status}): starting it again"
        ));
        return true;
    }
    if asks && role.wants_restart().await {
        say(format!(
            "{} asks for a restart: starting it again",
            role.name()
        ));
        role.signal("KILL").await;
        return true;
    }
    false
}
