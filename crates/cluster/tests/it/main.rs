//! The engine on a real OpenSearch: `EVENTSEC_TEST_SEARCH_URL` names one. Each test has a prefix of its own.
mod conformance;
mod faults;
mod faults_read;
mod help;
mod mirror;
mod nodes;
mod real;
mod retain;
mod secure;
mod walks;
mod writing;
