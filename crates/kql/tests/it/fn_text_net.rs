//! Encodings, URLs, paths and addresses, by the rows of the real engine.
use crate::fn_text::{call, table};
use kql::value::Value;

#[test]
fn encodings() {
    table(
        r#"
        base64_encode_tostring ["Kusto"] => S3VzdG8=
        base64_decode_tostring ["S3VzdG8="] => Kusto
        base64_decode_tostring ["U3RyaW5n0KHR0tGA0L7Rh9C60LA="] =>
        base64_decode_toarray ["S3VzdG8="] => [75,117,115,116,111]
        base64_encode_fromarray [[75, 117, 115, 116, 111]] => S3VzdG8=
        base64_decode_toguid ["JpbpECu8dUy7Pv5gbeJXAA=="] => 10e99626-bc2b-4c75-bb3e-fe606de25700
        base64_encode_fromguid ["10e99626-bc2b-4c75-bb3e-fe606de25700"] => JpbpECu8dUy7Pv5gbeJXAA==
        gzip_compress_to_base64_string ["1234567890qwertyuiop"] => H4sIAAAAAAAA/wEUAOv/MTIzNDU2Nzg5MHF3ZXJ0eXVpb3A6m7f2FAAAAA==
        gzip_decompress_from_base64_string ["H4sIAAAAAAAA/wEUAOv/MTIzNDU2Nzg5MHF3ZXJ0eXVpb3A6m7f2FAAAAA=="] => 1234567890qwertyuiop
        zlib_compress_to_base64_string ["1234567890qwertyuiop"] => eAEBFADr/zEyMzQ1Njc4OTBxd2VydHl1aW9wOAkGdw==
        zlib_decompress_from_base64_string ["eJwLSS0uUSguKcrMS1cwNDIGACxqBQ4="] => Test string 123
        zlib_decompress_from_base64_string ["x0x0x0"] =>
        url_encode ["https://www.bing.com/hello world"] => https%3a%2f%2fwww.bing.com%2fhello+world
        url_encode_component ["https://www.bing.com/hello world/"] => https%3a%2f%2fwww.bing.com%2fhello%20world%2f
        url_decode ["https%3A%2F%2Fexample.com%3Fa%3Db%zz"] => https://example.com?a=b%zz
        "#,
    );
    let long = Value::str("a text that is long enough to be packed; ".repeat(50));
    for kind in ["gzip", "zlib"] {
        let packed =
            call(&format!("{kind}_compress_to_base64_string"), std::slice::from_ref(&long))
                .expect("a text");
        assert!(packed.to_text().len() < 400, "{kind}");
        assert_eq!(
            call(&format!("{kind}_decompress_from_base64_string"), &[packed]),
            Ok(long.clone())
        );
    }
}

#[test]
fn urls_and_paths() {
    table(
        r#"
        parse_urlquery ["k1=v1&k2=v2&k3=v3"] => {"Query Parameters":{"k1":"v1","k2":"v2","k3":"v3"}}
        parse_url ["scheme://username:password@host:1234/this/is/a/path?k1=v1&k2=v2#fragment"] => {"Scheme":"scheme","Host":"host","Port":"1234","Path":"/this/is/a/path","Username":"username","Password":"password","Query Parameters":{"k1":"v1","k2":"v2"},"Fragment":"fragment"}
        parse_path ["C:\\temp\\file.txt"] => {"Scheme":"","RootPath":"C:","DirectoryPath":"C:\\temp","DirectoryName":"temp","Filename":"file.txt","Extension":"txt","AlternateDataStreamName":""}
        parse_path ["temp\\file.txt"] => {"Scheme":"","RootPath":"","DirectoryPath":"temp","DirectoryName":"temp","Filename":"file.txt","Extension":"txt","AlternateDataStreamName":""}
        parse_path ["file://C:/temp/file.txt:some.exe"] => {"Scheme":"file","RootPath":"C:","DirectoryPath":"C:/temp","DirectoryName":"temp","Filename":"file.txt","Extension":"txt","AlternateDataStreamName":"some.exe"}
        parse_path ["\\\\shared\\users\\temp\\file.txt.gz"] => {"Scheme":"","RootPath":"","DirectoryPath":"\\\\shared\\users\\temp","DirectoryName":"temp","Filename":"file.txt.gz","Extension":"gz","AlternateDataStreamName":""}
        parse_user_agent ["Mozilla/5.0 (SymbianOS/9.2; U; Series60/3.1 NokiaN81-3/10.0.032 Profile/MIDP-2.0 Configuration/CLDC-1.1 ) AppleWebKit/413 (KHTML, like Gecko) Safari/4", ["browser", "os", "device"]] => {"Browser":{"Family":"Nokia OSS Browser","MajorVersion":"3","MinorVersion":"1","Patch":""},"OperatingSystem":{"Family":"Symbian OS","MajorVersion":"9","MinorVersion":"2","Patch":"","PatchMinor":""},"Device":{"Family":"Nokia N81","Brand":"Nokia","Model":"N81-3"}}
        "#,
    );
}

#[test]
fn ipv4() {
    table(
        r#"
        parse_ipv4 ["192.168.1.1"] => 3232235777
        parse_ipv4 ["192.168.1.1/24"] => 3232235776
        parse_ipv4 ["255.255.255.255/31"] => 4294967294
        parse_ipv4 ["192.168.1"] => null
        parse_ipv4_mask ["127.0.0.1", 24] => 2130706432
        ipv4_netmask_suffix ["127.0.0.1/16"] => 16
        ipv4_netmask_suffix ["10.1.2.3"] => 32
        ipv4_is_private ["192.168.1.1/24"] => True
        ipv4_is_private ["127.0.0.1"] => False
        ipv4_is_private ["example"] => null
        ipv4_compare ["192.168.1.1/30", "192.168.1.255/24"] => 0
        ipv4_compare ["192.168.1.1", "192.168.1.0", 31] => 0
        ipv4_compare ["192.168.1.1", "192.168.1.2"] => -1
        ipv4_is_match ["192.168.1.1/24", "192.168.1.255", 31] => True
        ipv4_is_in_range ["192.168.1.1", "192.168.1.255/24"] => True
        ipv4_is_in_any_range ["192.168.1.6", "192.168.1.1/24", "10.0.0.1/8"] => True
        ipv4_is_in_any_range ["127.0.0.1", ["127.0.0.1", "192.168.1.1"]] => True
        ipv4_range_to_cidr_list ["1.1.128.0", "1.1.140.255"] => ["1.1.128.0/21","1.1.136.0/22","1.1.140.0/24"]
        ipv4_range_to_cidr_list ["0.0.0.0", "255.255.255.255"] => ["0.0.0.0/0"]
        format_ipv4 ["192.168.1.1", 24] => 192.168.1.0
        format_ipv4 ["192.168.1.1/24", 32] => 192.168.1.0
        format_ipv4 ["192.168.1.1/24", -1] =>
        format_ipv4 [3232236031, 24] => 192.168.1.0
        format_ipv4_mask ["192.168.1.1/24", 32] => 192.168.1.0/24
        has_ipv4 ["05:04:54 127.0.0.1 GET /favicon.ico 404", "127.0.0.1"] => True
        has_ipv4 ["05:04:54 127.0.0.256 GET /favicon.ico 404", "127.0.0.256"] => False
        has_ipv4 ["05:04:54127.0.0.1 GET /favicon.ico 404", "127.0.0.1"] => False
        has_any_ipv4 ["05:04:54 127.0.0.1 GET", ["127.0.0.1", "127.0.0.2"]] => True
        has_ipv4_prefix ["05:04:54 127.0.0.1 GET", "127.0."] => True
        has_ipv4_prefix ["05:04:54 127.0.0.1 GET", "127.0"] => False
        has_any_ipv4_prefix ["05:04:54 127.0.0.1 GET", "10.", "127.0."] => True
        "#,
    );
}

#[test]
fn ipv6() {
    table(
        r#"
        parse_ipv6 ["127.0.0.1"] => 0000:0000:0000:0000:0000:ffff:7f00:0001
        parse_ipv6 ["fe80::85d:e82c:9446:7994"] => fe80:0000:0000:0000:085d:e82c:9446:7994
        parse_ipv6 ["nothing"] =>
        parse_ipv6_mask ["192.168.255.255", 120] => 0000:0000:0000:0000:0000:ffff:c0a8:ff00
        parse_ipv6_mask ["192.168.255.255/24", 124] => 0000:0000:0000:0000:0000:ffff:c0a8:ff00
        parse_ipv6_mask ["fe80::85d:e82c:9446:7994/120", 124] => fe80:0000:0000:0000:085d:e82c:9446:7900
        parse_ipv6_mask ["::192.168.255.255/24", 128] => 0000:0000:0000:0000:0000:0000:c0a8:ff00
        ipv6_compare ["192.168.1.1/30", "192.168.1.255/24"] => 0
        ipv6_compare ["192.168.1.1", "::ffff:c0a8:0101"] => 0
        ipv6_compare ["::192.168.1.1/30", "192.168.1.255/24"] => 0
        ipv6_is_match ["fe80::85d:e82c:9446:7994/127", "fe80::85d:e82c:9446:7998", 120] => True
        ipv6_is_match ["::192.168.1.1/30", "192.168.1.255/24", 127] => True
        ipv6_is_in_range ["a5e:f127:8a9d:146d:e102:b5d3:c755:abcd", "a5e:f127:8a9d:146d:e102:b5d3:c755:0000/112"] => True
        ipv6_is_in_range ["a5e:f127:8a9d:146d:e102:b5d3:c755:abcd", "0:0:0:0:0:ffff:c0a8:ac/60"] => False
        ipv6_is_in_any_range ["fe80::1", ["10.0.0.0/8", "fe80::/10"]] => True
        "#,
    );
}
