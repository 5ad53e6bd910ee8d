//! The whole platform on its embedded parts, over real MQTT, HTTP and WebSocket.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod access;
mod api_commands;
mod architecture;
mod auth;
mod binary;
mod block;
mod database;
mod demo;
mod edge;
mod elsewhere;
mod fleet;
mod hostile;
mod isolation;
mod kafka_tools;
mod load_test;
mod logs;
mod message;
mod online;
mod page;
mod restart;
mod start;
mod tenancy;
mod websocket;
