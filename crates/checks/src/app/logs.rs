//! Logs: what is printed that nobody who reads logs should have.

use palisade_model::Severity::Medium;
use palisade_model::{Meta, Severity};

use super::{EVERY, GO, JAVA, PYTHON, RUST, SCRIPT};
use crate::Check;
use crate::check::likely;
use crate::code::Kind;
use crate::code::rule::{At, Row, Test, call, rule};

const PAGE: &str = include_str!("logs.md");

const fn meta(id: &'static str, title: &'static str, severity: Severity, maps: &'static [&'static str]) -> Meta {
    Meta { controls: &["E8-T4"], ..super::meta(id, title, PAGE, severity, maps) }
}

/// Functions that write a line of a log, by language. What a program prints for its user is none.
macro_rules! loggers {
    ($kind:expr) => {
        &[
            call(PYTHON_LOGGERS, &[(At::Any, Test::Tells($kind))]).of(PYTHON),
            call(SCRIPT_LOGGERS, &[(At::Any, Test::Tells($kind))]).of(SCRIPT),
            call(GO_LOGGERS, &[(At::Any, Test::Tells($kind))]).of(GO),
            call(JAVA_LOGGERS, &[(At::Any, Test::Tells($kind))]).of(JAVA),
            call(RUST_LOGGERS, &[(At::Any, Test::Tells($kind))]).of(RUST),
        ]
    };
}

const PYTHON_LOGGERS: &[&str] = &[
    "logging.debug",
    "logging.info",
    "logging.warning",
    "logging.error",
    "logging.exception",
    "logging.critical",
    "logging.log",
    "logging.getLogger().debug",
    "logging.getLogger().info",
    "logging.getLogger().warning",
    "logging.getLogger().error",
    "logging.getLogger().exception",
    "logging.getLogger().critical",
    "*.logger.debug",
    "*.logger.info",
    "*.logger.warning",
    "*.logger.error",
    "*.logger.exception",
    "*.logger.critical",
    "*.log.debug",
    "*.log.info",
    "*.log.warning",
    "*.log.error",
    "LOG.debug",
    "LOG.info",
    "LOG.warning",
    "LOG.error",
    "loguru.logger.debug",
    "loguru.logger.info",
    "structlog.get_logger().info",
    "structlog.get_logger().debug",
    "structlog.get_logger().warning",
    "structlog.get_logger().error",
];

const SCRIPT_LOGGERS: &[&str] = &[
    "console.log",
    "console.info",
    "console.debug",
    "console.warn",
    "console.error",
    "console.dir",
    "*.logger.debug",
    "*.logger.info",
    "*.logger.warn",
    "*.logger.error",
    "*.logger.log",
    "*.logger.verbose",
    "*.logger.trace",
    "*.log.debug",
    "*.log.info",
    "*.log.warn",
    "*.log.error",
    "*.log.trace",
    "*.Logger().debug",
    "*.Logger().error",
    "*.Logger().log",
    "*.Logger().verbose",
    "*.Logger().warn",
    "loglevel.debug",
    "loglevel.info",
    "winston.info",
    "winston.debug",
    "winston.error",
    "winston.createLogger().info",
    "winston.createLogger().debug",
    "winston.createLogger().error",
    "pino().info",
    "pino().debug",
    "pino().error",
    "pino().warn",
];

const GO_LOGGERS: &[&str] = &[
    "log.Print",
    "log.Printf",
    "log.Println",
    "log.Fatal",
    "log.Fatalf",
    "log.Panicf",
    "log/slog.Debug",
    "log/slog.Info",
    "log/slog.Warn",
    "log/slog.Error",
    "log/slog.String",
    "log/slog.Any",
    "go_uber_org/zap.String",
    "go_uber_org/zap.Any",
    "go_uber_org/zap.ByteString",
    "*.logger.Debug",
    "*.logger.Info",
    "*.logger.Warn",
    "*.logger.Error",
    "*.logger.Debugf",
    "*.logger.Infof",
    "*.logger.Warnf",
    "*.logger.Errorf",
    "*.log.Debug",
    "*.log.Info",
    "*.log.Debugf",
    "*.log.Infof",
    "*.log.Warnf",
    "*.log.Errorf",
    "*.Logger().Debug",
    "*.Logger().Info",
    "*.Logger().Warn",
    "github_com/sirupsen/logrus.Debugf",
    "github_com/sirupsen/logrus.Infof",
    "github_com/sirupsen/logrus.Warnf",
    "github_com/sirupsen/logrus.Errorf",
    "github_com/sirupsen/logrus.Debug",
    "github_com/sirupsen/logrus.Info",
    "github_com/sirupsen/logrus.WithField",
    "k8s_io/klog/v2.Infof",
    "k8s_io/klog/v2.Info",
    "k8s_io/klog/v2.Errorf",
    "github_com/golang/glog.Infof",
];

const JAVA_LOGGERS: &[&str] = &[
    "*.log.trace",
    "*.log.debug",
    "*.log.info",
    "*.log.warn",
    "*.log.error",
    "*.logger.trace",
    "*.logger.debug",
    "*.logger.info",
    "*.logger.warn",
    "*.logger.error",
    "*.LOG.debug",
    "*.LOG.info",
    "*.LOG.warn",
    "*.LOG.error",
    "*.LOGGER.debug",
    "*.LOGGER.info",
    "*.LOGGER.warn",
    "*.LOGGER.error",
    "Logger.trace",
    "Logger.debug",
    "Logger.info",
    "Logger.warn",
    "Logger.error",
    "Logger.fine",
    "Logger.severe",
    "System.out.println",
    "System.out.printf",
    "System.err.println",
];

const RUST_LOGGERS: &[&str] = &["trace!", "debug!", "info!", "warn!", "error!", "log!", "eprintln!"];

const SECRETS: &[Row] = loggers!(Kind::Secret);
const PEOPLE: &[Row] = loggers!(Kind::Person);
const REQUESTS: &[Row] = loggers!(Kind::Request);

/// See the page.
pub(super) static CHECKS: &[Check] = &[
    Check::on_code(
        likely(meta("app/secret-in-log", "secret is written to a log", Medium, &["CWE-532", "OWASP-2021:A09"])),
        rule(
            EVERY,
            SECRETS,
            "logs are kept for months and read by many programs and people; leave it out, or say only that it was there",
        )
        .words(&[
            "assword", "ASSWORD", "passwd", "PASSWD", "assphrase", "pwd", "oken", "TOKEN", "ecret", "SECRET", "apiKey", "api_key",
            "API_KEY", "apikey", "ApiKey", "APIKey", "rivateKey", "private_key", "PRIVATE_KEY", "uthorization", "jwt", "otp", "igning",
            "ncryption",
        ])
        .also(LOG_WORDS),
    ),
    Check::on_code(
        likely(meta(
            "app/personal-number-in-log",
            "number that identifies a person is written to a log",
            Medium,
            &["CWE-532", "CWE-359", "OWASP-2021:A09"],
        )),
        rule(
            EVERY,
            PEOPLE,
            "numbers of cards, accounts and papers must not spread to where logs go; write the record's id instead",
        )
        .words(&[
            "ssn", "Ssn", "SSN", "iban", "Iban", "IBAN", "cvv", "Cvv", "cvc", "ardNumber", "ard_number", "reditCard", "redit_card", "ocialSecurity",
            "ocial_security", "assportNumber", "assport_number", "axId", "ax_id", "ationalId", "ational_id", "ankAccount", "ank_account",
            "ateOfBirth", "ate_of_birth",
        ])
        .also(LOG_WORDS),
    ),
    Check::on_code(
        likely(meta(
            "app/request-in-log",
            "whole request is written to a log",
            Medium,
            &["CWE-532", "OWASP-2021:A09"],
        )),
        rule(
            EVERY,
            REQUESTS,
            "headers hold cookies and tokens, bodies hold passwords; name the two or three fields that help",
        )
        .words(&[".headers", ".header", ".body", ".cookies", ".rawBody", ".META", ".Header", ".Body"])
        .also(LOG_WORDS),
    ),
];

/// Words of which each file that logs has one.
const LOG_WORDS: &[&str] = &[
    "log.",
    "logger",
    "Logger",
    "logging",
    "LOG.",
    "LOGGER",
    "console.",
    "winston",
    "pino",
    "slog",
    "zap.",
    "logrus",
    "klog",
    "glog",
    "System.out",
    "System.err",
    "trace!",
    "debug!",
    "info!",
    "warn!",
    "error!",
    "log!",
    "eprintln!",
];
