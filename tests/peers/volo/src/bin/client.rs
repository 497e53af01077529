//! A Volo client for tests, driven over a pipe: it reads one call a line from standard input, makes it, and prints one
//! answer a line, in the order in which calls end. Calls run at the same time; `id` tells answers apart. What lines
//! hold is what those of the Kitex client hold, save that arguments come as Thrift Binary bytes alone.

use std::{cell::RefCell, collections::HashMap, sync::Arc, time::Duration};

use anyhow::{anyhow, bail};
use bytes::{Bytes, BytesMut};
use metainfo::{Backward, Forward, MetaInfo, METAINFO};
use pilota::thrift::{binary::TBinaryProtocol, TMessageIdentifier, TMessageType};
use serde::{Deserialize, Serialize};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    sync::Mutex,
    task::JoinSet,
};
use volo::service::Service;
use volo_peers::{client, echo, probe, CLIENT_NAME};
use volo_thrift::{context::ThriftContext, ClientError, EntryMessage};

#[derive(Deserialize)]
struct Call {
    id: u64,
    service: String,
    method: String,
    #[serde(default)]
    args_thrift: String,
    #[serde(default)]
    persistent: HashMap<String, String>,
    #[serde(default)]
    transient: HashMap<String, String>,
    #[serde(flatten)]
    settings: Settings,
}

/// The parts of a call that choose the client to make it with.
#[derive(Clone, Deserialize, Eq, Hash, PartialEq)]
struct Settings {
    address: String,
    transport: String,
    #[serde(default)]
    timeout_milliseconds: u64,
}

#[derive(Serialize)]
struct Answer {
    id: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    result_thrift: Option<String>,
    backward: HashMap<String, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Failure>,
}

/// How a call failed; the kinds are those of the Kitex client.
#[derive(Serialize)]
struct Failure {
    kind: &'static str,
    text: String,
    r#type: i32,
    message: String,
    extra: HashMap<String, String>,
}

impl Failure {
    fn of(error: anyhow::Error) -> Failure {
        let text = error.to_string();
        let mut failure = Failure {
            kind: "driver",
            text,
            r#type: 0,
            message: String::new(),
            extra: HashMap::new(),
        };
        match error.downcast::<ClientError>() {
            Ok(ClientError::Biz(status)) => {
                failure.kind = "business";
                failure.r#type = status.status_code;
                failure.message = status.status_message.to_string();
                let extra = status.extra.unwrap_or_default().into_iter();
                failure.extra = extra.map(|(key, value)| (key.to_string(), value.to_string())).collect();
            }
            // Volo has no error of its own for it.
            Ok(ClientError::Application(sent)) if sent.message().contains("thrift rpc call timeout") => {
                failure.kind = "timeout";
            }
            Ok(ClientError::Application(sent)) => {
                failure.kind = "exception";
                failure.r#type = sent.kind().as_i32();
                failure.message = sent.message().to_string();
            }
            Ok(ClientError::Transport(_) | ClientError::Protocol(_)) => failure.kind = "network",
            Err(_) => {}
        }
        failure
    }
}

/// One client for each service and settings, with its connections.
#[derive(Default)]
struct Clients {
    echo: HashMap<Settings, echo::EchoClient>,
    loud: HashMap<Settings, probe::LoudEchoClient>,
    probe: HashMap<Settings, probe::ProbeClient>,
}

/// Call a method by its name, with arguments and result as bytes.
macro_rules! call {
    ($known:expr, $builder:ty, $request:ty, $service:literal, $call:expr) => {{
        let settings = &$call.settings;
        let limit = Some(settings.timeout_milliseconds)
            .filter(|limit| *limit > 0)
            .map(Duration::from_millis);
        let client = match $known.get(settings) {
            Some(found) => found.clone(),
            None => {
                let made = client!(
                    $builder,
                    CLIENT_NAME,
                    settings.address,
                    settings.transport.as_str(),
                    limit
                );
                $known.insert(settings.clone(), made.clone());
                made
            }
        };
        let request = <$request>::decode(
            &mut TBinaryProtocol::new(&mut arguments(&$call)?, true),
            &TMessageIdentifier::new($call.method.clone().into(), TMessageType::Call, 0),
        )
        .map_err(|error| anyhow!("the arguments of {}: {error}", $call.method))?;
        let mut context = client
            .0
            .make_cx(&$call.method, matches!($call.method.as_str(), "note" | "fire"));
        context.set_idl_service_name(volo::FastStr::from_static_str($service));
        Box::pin(async move {
            match client.0.call(&mut context, request).await? {
                Some(result) => Ok(Some(hex::encode(written(&result)?))),
                None => Ok(None),
            }
        })
    }};
}

type Ended = std::pin::Pin<Box<dyn std::future::Future<Output = anyhow::Result<Option<String>>> + Send>>;

impl Clients {
    /// The call, begun when it is awaited.
    fn make(&mut self, call: &Call) -> anyhow::Result<Ended> {
        Ok(match call.service.as_str() {
            "Echo" => call!(self.echo, echo::EchoClientBuilder, echo::EchoRequestSend, "Echo", call),
            "LoudEcho" => call!(
                self.loud,
                probe::LoudEchoClientBuilder,
                probe::LoudEchoRequestSend,
                "LoudEcho",
                call
            ),
            "Probe" => call!(
                self.probe,
                probe::ProbeClientBuilder,
                probe::ProbeRequestSend,
                "Probe",
                call
            ),
            other => bail!("no service {other:?}"),
        })
    }
}

fn arguments(call: &Call) -> anyhow::Result<Bytes> {
    Ok(hex::decode(&call.args_thrift)?.into())
}

fn written(result: &impl EntryMessage) -> anyhow::Result<BytesMut> {
    let mut into = BytesMut::new();
    result
        .encode(&mut TBinaryProtocol::new(&mut into, false))
        .map_err(|error| anyhow!("the result: {error}"))?;
    Ok(into)
}

async fn answered(clients: Arc<Mutex<Clients>>, call: Call) -> Answer {
    let mut sent = MetaInfo::new();
    for (key, value) in &call.persistent {
        sent.set_persistent(key.clone(), value.clone());
    }
    for (key, value) in &call.transient {
        sent.set_transient(key.clone(), value.clone());
    }
    let ended = async {
        let made = clients.lock().await.make(&call);
        let result = match made {
            Ok(begun) => begun.await,
            Err(error) => Err(error),
        };
        let backward = METAINFO.with(|info| info.borrow().get_all_backward_downstreams().cloned());
        (result, backward.unwrap_or_default())
    };
    let (result, backward) = METAINFO.scope(RefCell::new(sent), ended).await;
    let (result_thrift, error) = match result {
        Ok(result) => (result, None),
        Err(error) => (None, Some(Failure::of(error))),
    };
    let backward = backward
        .into_iter()
        .map(|(key, value)| (key.to_string(), value.to_string()))
        .collect();
    Answer {
        id: call.id,
        result_thrift,
        backward,
        error,
    }
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let clients = Arc::new(Mutex::new(Clients::default()));
    let output = Arc::new(Mutex::new(tokio::io::stdout()));
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    let mut running = JoinSet::new();
    while let Some(line) = lines.next_line().await? {
        let call: Call = serde_json::from_str(&line)?;
        let (clients, output) = (clients.clone(), output.clone());
        running.spawn(async move {
            let mut line = serde_json::to_vec(&answered(clients, call).await)?;
            line.push(b'\n');
            let mut output = output.lock().await;
            output.write_all(&line).await?;
            output.flush().await?;
            anyhow::Ok(())
        });
    }
    while let Some(ended) = running.join_next().await {
        ended??;
    }
    Ok(())
}
