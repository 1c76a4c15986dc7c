//! Certificates of a test: files made by openssl, and a real ACME authority (pebble) with a name server of its own.

use super::Project;
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

#[track_caller]
fn openssl(project: &Project, arguments: &str) {
    let run = Command::new("openssl").current_dir(project.path()).args(arguments.split(' ')).output().expect("openssl");
    assert!(run.status.success(), "{arguments}\n{}", String::from_utf8_lossy(&run.stderr));
}

/// Writes `NAME.pem` and `NAME.key`, signed by themselves.
#[track_caller]
pub fn certificate(project: &Project, name: &str) {
    openssl(
        project,
        &format!(
            "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout {name}.key -out {name}.pem -days 2 \
             -subj /CN={name} -addext subjectAltName=DNS:localhost,IP:127.0.0.1"
        ),
    );
}

/// `curl` in the folder of a project, its output.
#[track_caller]
pub fn curl(project: &Project, arguments: &str) -> String {
    let mut command = Command::new("curl");
    command.current_dir(project.path()).args(["-s", "--max-time", "10"]).args(arguments.split(' '));
    String::from_utf8_lossy(&command.output().expect("curl").stdout).into_owned()
}

pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|probe| probe.local_addr()).expect("a port").port()
}

/// A running authority that finds every host at 127.0.0.1.
pub struct Authority {
    programs: [Child; 2],
    pub directory: String,
    management: u16,
}

impl Authority {
    /// Starts one that checks hosts on the given port. Its own certificate is signed by `authority.pem` in the project.
    #[track_caller]
    pub fn start(project: &Project, tls_port: u16) -> Self {
        let [port, management, names, other] = std::array::from_fn(|_| free_port());
        openssl(
            project,
            "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout authority.key -out authority.pem -days 2 \
             -subj /CN=authority",
        );
        openssl(
            project,
            "req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout pebble.key -out pebble.csr -subj /CN=localhost",
        );
        project.write("pebble.ext", "subjectAltName=DNS:localhost\n");
        openssl(
            project,
            "x509 -req -in pebble.csr -CA authority.pem -CAkey authority.key -CAcreateserial -days 2 -extfile pebble.ext \
             -out pebble.pem",
        );
        let config = serde_json::json!({ "pebble": {
            "listenAddress": format!("127.0.0.1:{port}"),
            "managementListenAddress": format!("127.0.0.1:{management}"),
            "certificate": "pebble.pem", "privateKey": "pebble.key",
            "httpPort": other, "tlsPort": tls_port,
        } });
        project.write("pebble.json", &config.to_string());
        let start = |program: &str, arguments: &str| {
            let mut command = Command::new(program);
            command.current_dir(project.path()).args(arguments.split(' ').map(|word| word.trim_matches('"')));
            command
                .envs([("PEBBLE_VA_NOSLEEP", "1"), ("PEBBLE_WFE_NONCEREJECT", "0")])
                .stdout(Stdio::null())
                .stderr(Stdio::null());
            command.spawn().unwrap_or_else(|error| panic!("{program}: {error}"))
        };
        let name_server = format!(
            "-http01 \"\" -https01 \"\" -tlsalpn01 \"\" -dns01 127.0.0.1:{names} -management 127.0.0.1:{other} \
             -defaultIPv4 127.0.0.1 -defaultIPv6 \"\""
        );
        let programs = [
            start("pebble-challtestsrv", &name_server),
            start("pebble", &format!("-config pebble.json -dnsserver 127.0.0.1:{names}")),
        ];
        let authority = Self { programs, directory: format!("https://localhost:{port}/dir"), management };
        let started = Instant::now();
        while curl(project, &format!("--cacert authority.pem {}", authority.directory)).is_empty() {
            assert!(started.elapsed() < super::server::PATIENCE, "pebble did not start");
            std::thread::sleep(Duration::from_millis(50));
        }
        authority
    }

    /// Writes the root that its certificates lead to as `root.pem`.
    #[track_caller]
    pub fn write_root(&self, project: &Project) {
        let url = format!("https://localhost:{}/roots/0", self.management);
        project.write("root.pem", &curl(project, &format!("--cacert authority.pem {url}")));
    }
}

impl Drop for Authority {
    fn drop(&mut self) {
        for program in &mut self.programs {
            let _ = program.kill();
            let _ = program.wait();
        }
    }
}
