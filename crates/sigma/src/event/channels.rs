//! Windows: which service a channel or a provider is, and which categories an event of it has.

/// Channels whose names are not their service's, as Sigma's own map has them; compared without case.
const CHANNELS: &[(&str, &str)] = &[
    ("Microsoft-Windows-Sysmon/Operational", "sysmon"),
    ("Linux-Sysmon/Operational", "sysmon"),
    ("Security", "security"),
    ("System", "system"),
    ("Application", "application"),
    ("Microsoft-Windows-PowerShell/Operational", "powershell"),
    ("PowerShellCore/Operational", "powershell"),
    ("Windows PowerShell", "powershell-classic"),
    ("Microsoft-Windows-Windows Defender/Operational", "windefend"),
    ("Microsoft-Windows-TaskScheduler/Operational", "taskscheduler"),
    ("Microsoft-Windows-WMI-Activity/Operational", "wmi"),
    ("Microsoft-Windows-Windows Firewall With Advanced Security/Firewall", "firewall-as"),
    ("Microsoft-Windows-Windows Firewall With Advanced Security", "firewall-as"),
    ("Microsoft-Windows-Bits-Client/Operational", "bits-client"),
    ("Microsoft-Windows-CodeIntegrity/Operational", "codeintegrity-operational"),
    ("Microsoft-Windows-DNS-Client/Operational", "dns-client"),
    ("Microsoft-Windows-DNS Client Events/Operational", "dns-client"),
    ("DNS Server", "dns-server"),
    ("Microsoft-Windows-DNS-Server/Audit", "dns-server-audit"),
    ("Microsoft-Windows-DNSServer/Audit", "dns-server-audit"),
    ("Microsoft-Windows-DNS-Server/Analytical", "dns-server-analytic"),
    ("Microsoft-Windows-DNSServer/Analytical", "dns-server-analytic"),
    ("Microsoft-Windows-LDAP-Client/Debug", "ldap"),
    ("MSExchange Management", "msexchange-management"),
    ("Microsoft-Windows-NTLM/Operational", "ntlm"),
    ("Microsoft-Windows-DHCP-Server/Operational", "dhcp"),
    ("Microsoft-Windows-PrintService/Admin", "printservice-admin"),
    ("Microsoft-Windows-PrintService/Operational", "printservice-operational"),
    ("Microsoft-Windows-SmbClient/Security", "smbclient-security"),
    ("Microsoft-Windows-SmbClient/Connectivity", "smbclient-connectivity"),
    ("Microsoft-Windows-SMBServer/Connectivity", "smbserver-connectivity"),
    (
        "Microsoft-Windows-TerminalServices-LocalSessionManager/Operational",
        "terminalservices-localsessionmanager",
    ),
    ("Microsoft-Windows-AppLocker/MSI and Script", "applocker"),
    ("Microsoft-Windows-AppLocker/EXE and DLL", "applocker"),
    ("Microsoft-Windows-AppLocker/Packaged app-Deployment", "applocker"),
    ("Microsoft-Windows-AppLocker/Packaged app-Execution", "applocker"),
    ("Microsoft-Windows-Security-Mitigations/Kernel Mode", "security-mitigations"),
    ("Microsoft-Windows-Security-Mitigations/User Mode", "security-mitigations"),
    ("Microsoft-Windows-Security-Mitigations/KernelMode", "security-mitigations"),
    ("Microsoft-Windows-Security-Mitigations/UserMode", "security-mitigations"),
    ("Microsoft-Windows-Diagnosis-Scripted/Operational", "diagnosis-scripted"),
    ("Microsoft-Windows-Shell-Core/Operational", "shell-core"),
    ("OpenSSH/Operational", "openssh"),
    ("Microsoft-Windows-BitLocker/BitLocker Management", "bitlocker"),
    ("Microsoft-Windows-VHDMP/Operational", "vhdmp"),
    ("Microsoft-Windows-VHDMP-Operational", "vhdmp"),
    ("Microsoft-Windows-AppXDeploymentServer/Operational", "appxdeployment-server"),
    ("Microsoft-Windows-AppXDeployment-Server/Operational", "appxdeployment-server"),
    ("Microsoft-Windows-LSA/Operational", "lsa-server"),
    ("Microsoft-Windows-AppxPackaging/Operational", "appxpackaging-om"),
    ("Microsoft-Windows-AppModel-Runtime/Admin", "appmodel-runtime"),
    ("Microsoft-Windows-CAPI2/Operational", "capi2"),
    (
        "Microsoft-Windows-CertificateServicesClient-Lifecycle-System/Operational",
        "certificateservicesclient-lifecycle-system",
    ),
    ("Microsoft-Windows-Kernel-ShimEngine/Operational", "kernel-shimengine"),
    ("Microsoft-Windows-Kernel-ShimEngine/Diagnostic", "kernel-shimengine"),
    ("Microsoft-Windows-Application-Experience/Program-Telemetry", "application-experience"),
    (
        "Microsoft-Windows-Application-Experience/Program-Compatibility-Assistant",
        "application-experience",
    ),
    ("Microsoft-Windows-Ntfs/Operational", "ntfs"),
    ("Microsoft-Windows-Hyper-V-Worker", "hyper-v-worker"),
    ("Microsoft-Windows-Hyper-V-Worker-Admin", "hyper-v-worker"),
    ("Microsoft-Windows-Hyper-V-Worker-Operational", "hyper-v-worker"),
    ("Microsoft-Windows-Kernel-EventTracing", "kernel-event-tracing"),
    ("Microsoft-Windows-Kernel-EventTracing/Admin", "kernel-event-tracing"),
    ("Microsoft-Windows-SENSE/Operational", "sense"),
    ("Microsoft-ServiceBus-Client/Admin", "servicebus-client"),
    ("Microsoft-ServiceBus-Client/Operational", "servicebus-client"),
    ("Microsoft-IIS-Configuration/Operational", "iis-configuration"),
    ("Microsoft-Windows-DriverFrameworks-UserMode/Operational", "driver-framework"),
];

/// For records that lost their channel, and for those of a collector's `ForwardedEvents`.
const PROVIDERS: &[(&str, &str)] = &[
    ("Microsoft-Windows-Sysmon", "sysmon"),
    ("Linux-Sysmon", "sysmon"),
    ("Microsoft-Windows-Security-Auditing", "security"),
    ("Microsoft-Windows-PowerShell", "powershell"),
    ("PowerShellCore", "powershell"),
    ("PowerShell", "powershell-classic"),
    ("Microsoft-Windows-Windows Defender", "windefend"),
    ("Microsoft-Windows-TaskScheduler", "taskscheduler"),
    ("Microsoft-Windows-WMI-Activity", "wmi"),
    ("Microsoft-Windows-Windows Firewall With Advanced Security", "firewall-as"),
    ("Microsoft-Windows-Bits-Client", "bits-client"),
    ("Microsoft-Windows-CodeIntegrity", "codeintegrity-operational"),
    ("Microsoft-Windows-DNS-Client", "dns-client"),
    ("Microsoft-Windows-DNS-Server-Service", "dns-server"),
    ("Microsoft-Windows-LDAP-Client", "ldap"),
    ("Microsoft-Windows-AppLocker", "applocker"),
    ("Microsoft-Windows-NTLM", "ntlm"),
    ("Service Control Manager", "system"),
    ("OpenSSH", "openssh"),
];

pub(super) fn service(channel: Option<&str>, provider: Option<&str>) -> Option<&'static str> {
    let find = |table: &[(&str, &'static str)], name: &str| {
        table
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, service)| *service)
    };
    match channel {
        // a channel that no service has is no reason to ask the provider: it has several channels
        Some(channel) if !channel.eq_ignore_ascii_case("ForwardedEvents") => {
            find(CHANNELS, channel)
        }
        _ => find(PROVIDERS, provider?),
    }
}

/// The ids of Defender's events that name a threat.
const THREATS: [i64; 14] =
    [1006, 1007, 1008, 1009, 1010, 1011, 1012, 1017, 1018, 1019, 1115, 1116, 1117, 1119];

pub(super) fn categories(service: &str, id: i64, action: Option<&str>) -> &'static [&'static str] {
    match (service, id) {
        ("sysmon", _) => sysmon(id, action.unwrap_or_default()),
        ("security", 4688) => &["process_creation"],
        ("powershell", 4103) => &["ps_module"],
        ("powershell", 4104) => &["ps_script"],
        ("powershell-classic", 400) => &["ps_classic_start"],
        ("powershell-classic", 600) => &["ps_classic_provider_start"],
        ("powershell-classic", 800) => &["ps_classic_script"],
        ("windefend", _) if THREATS.contains(&id) => &["antivirus"],
        _ => &[],
    }
}

fn sysmon(id: i64, action: &str) -> &'static [&'static str] {
    match id {
        1 => &["process_creation"],
        2 => &["file_change"],
        3 => &["network_connection"],
        4 | 16 => &["sysmon_status"],
        5 => &["process_termination"],
        6 => &["driver_load"],
        7 => &["image_load"],
        8 => &["create_remote_thread"],
        9 => &["raw_access_thread"],
        10 => &["process_access"],
        11 => &["file_event"],
        12 if action.eq_ignore_ascii_case("CreateKey") => &["registry_event", "registry_add"],
        12 if action.starts_with("Delete") => &["registry_event", "registry_delete"],
        12 => &["registry_event"],
        13 => &["registry_event", "registry_set"],
        14 => &["registry_event", "registry_rename"],
        15 => &["create_stream_hash"],
        17 | 18 => &["pipe_created"],
        19..=21 => &["wmi_event"],
        22 => &["dns_query"],
        23 => &["file_delete"],
        24 => &["clipboard_change"],
        25 => &["process_tampering"],
        26 => &["file_delete_detected"],
        27 => &["file_block_executable"],
        28 => &["file_block_shredding"],
        29 => &["file_executable_detected"],
        255 => &["sysmon_error"],
        _ => &[],
    }
}
