//! Functions on places.
use super::fn_numeric::{call, long, real, text};
use kql::value::{Dyn, Value};

const LINE: &str =
    r#"{"type":"LineString","coordinates":[[-73.95796,40.80042],[-73.97317,40.764486]]}"#;
const PARK: &str = r#"{"type":"Polygon","coordinates":[[[-73.9495,40.7969],[-73.95807266235352,40.80068603561921],[-73.98201942443848,40.76825672305777],[-73.97317886352539,40.76455136505513],[-73.9495,40.7969]]]}"#;
const FLAT: &str = r#"{"type":"Polygon","coordinates":[[[0,0],[10,10],[10,10],[0,0]]]}"#;

fn json(text: &str) -> Value {
    Value::dynamic(Dyn::parse(text).expect("JSON"))
}

fn near(found: &Value, wanted: f64) {
    let found = found.as_real().expect("a number");
    assert!((found - wanted).abs() <= 1e-9 * wanted.abs().max(1.0), "{found} is not {wanted}");
}

/// The coordinates of a point.
fn near_point(found: &Value, wanted: [f64; 2]) {
    let Value::Dynamic(shape) = found else { panic!("{found:?}") };
    let pair = shape.get("coordinates").and_then(|c| c.as_array()).expect("coordinates");
    for (one, wanted) in pair.iter().zip(wanted) {
        near(&Value::dynamic(one.clone()), wanted);
    }
}

#[test]
fn points() {
    let pair = [real(-122.407_628), real(47.578_557), real(-118.275_287), real(34.019_056)];
    near(&call("geo_distance_2points", &pair), 1_546_754.351_973_809_5);
    let far = [long(300), long(1), long(1), long(1)];
    assert_eq!(call("geo_distance_2points", &far), Value::Null);
    near(&call("geo_azimuth", &[5, 10, 10, -40].map(long)), 3.054_599_397_964_492);
    assert_eq!(call("geo_azimuth", &[5, 10, 5, 10].map(long)), Value::Null);
    near(&call("geo_angle", &[0, 10, 0, 5, 3, -10].map(long)), 2.944_938_434_068_82);
    let circle = [-122.137_575, 47.630_683, -122.100_896, 47.527_351, 3_500.0].map(real);
    assert_eq!(call("geo_point_in_circle", &circle), Value::Bool(false));
}

#[test]
fn geohashes() {
    let place = [real(-80.195_829), real(25.802_215), long(8)];
    assert_eq!(call("geo_point_to_geohash", &place), text("dhwfz15h"));
    assert_eq!(call("geo_point_to_geohash", &[long(200), long(1), long(8)]), text(""));
    let point = call("geo_geohash_to_central_point", &[text("sv8wzvy7")]);
    near_point(&point, [34.802_455_902_099_61, 32.156_209_945_678_71]);
    assert_eq!(call("geo_geohash_to_polygon", &[text("a")]), Value::Null);
    let around = call("geo_geohash_neighbors", &[text("sunny")]);
    let wanted = r#"["sunnv","sunnt","sunnw","sunnx","sunpp","sunnz","sunpn","sunpj"]"#;
    assert_eq!(&*around.to_text(), wanted);
}

#[test]
fn cells() {
    let place = [real(-74.044_504_460_398_74), real(40.689_250_859_314_974), long(6)];
    assert_eq!(call("geo_point_to_h3cell", &place), text("862a1072fffffff"));
    assert_eq!(call("geo_point_to_h3cell", &[long(1), long(1), long(16)]), text(""));
    let cell = text("862a1072fffffff");
    assert_eq!(call("geo_h3cell_parent", std::slice::from_ref(&cell)), text("852a1073fffffff"));
    assert_eq!(call("geo_h3cell_level", std::slice::from_ref(&cell)), Value::Int(6));
    assert_eq!(call("geo_h3cell_children", &[text("abc")]), Value::Null);
    let center = call("geo_h3cell_to_central_point", &[cell]);
    near_point(&center, [-74.016_008_479_792_43, 40.704_167_908_350_385]);
    assert_eq!(call("geo_h3cell_rings", &[text("861f8894fffffff"), long(100_000)]), Value::Null);

    let place = [real(-80.195_829), real(25.802_215), long(8)];
    assert_eq!(call("geo_point_to_s2cell", &place), text("88d9b"));
    let around = call("geo_s2cell_neighbors", &[text("89c259")]);
    let wanted = r#"["89c25d","89c25b","89c2f7","89c257","89c2f5","89c251","89c25f","89c2f9"]"#;
    assert_eq!(&*around.to_text(), wanted);
    // a corner of the cube has three squares around it
    let corner = call("geo_s2cell_neighbors", &[text("1")]);
    assert!(
        matches!(&corner, Value::Dynamic(d) if d.as_array().is_some_and(|a| a.len() == 4)),
        "{corner:?}"
    );
    assert_eq!(call("geo_s2cell_to_polygon", &[text("a")]), Value::Null);
    let triangle = json(r#"{"type":"Polygon","coordinates":[[[0,0],[0,50],[100,50],[0,0]]]}"#);
    let covering = call("geo_polygon_to_s2cells", &[triangle, long(5)]);
    assert!(matches!(&covering, Value::Dynamic(d) if d.as_array().is_some_and(|a| a.len() == 286)));
}

#[test]
fn lines() {
    let line = json(LINE);
    let middle = call("geo_line_centroid", std::slice::from_ref(&line));
    near_point(&middle, [-73.965_567_057_230_94, 40.782_453_249_627_416]);
    let part = call("geo_line_interpolate_point", &[line.clone(), real(0.25)]);
    near_point(&part, [-73.961_764_043_218_28, 40.791_436_687_257_23]);
    near(
        &call("geo_line_locate_point", &[line, real(-73.965), real(40.792)]),
        0.255_601_351_003_075_5,
    );
    let point = json(r#"{"type":"LineString","coordinates":[[1,1]]}"#);
    assert_eq!(call("geo_line_length", &[point]), Value::Null);
    let one = json(
        r#"{"type":"LineString","coordinates":[[-73.978929,40.785155],[-73.980903,40.782621]]}"#,
    );
    let other = json(
        r#"{"type":"LineString","coordinates":[[-73.985195,40.788275],[-73.974552,40.779761]]}"#,
    );
    let both = call("geo_intersection_2lines", &[one, other]);
    near_point(&both, [-73.979_837_116_670_98, 40.783_989_289_772_165]);
}

#[test]
fn polygons() {
    let park = json(PARK);
    near(&call("geo_polygon_area", std::slice::from_ref(&park)), 3_475_207.283_466_06);
    near(&call("geo_polygon_perimeter", std::slice::from_ref(&park)), 9_930.301_496_049_382);
    let middle = call("geo_polygon_centroid", std::slice::from_ref(&park));
    near_point(&middle, [-73.965_735_689_907_62, 40.782_550_538_057_81]);
    let away =
        call("geo_distance_point_to_polygon", &[real(-73.9839), real(40.7705), park.clone()]);
    near(&away, 259.940_756_070_596_4);
    let inside = [real(-73.965_7), real(40.782_5), park];
    assert_eq!(call("geo_point_in_polygon", &inside), Value::Bool(true));
    assert_eq!(call("geo_polygon_area", &[json(FLAT)]), Value::Null);
    // what is around both poles at once is the smaller side
    let cap = json(r#"{"type":"Polygon","coordinates":[[[0,80],[-120,80],[120,80],[0,80]]]}"#);
    let pole = [long(0), long(90), cap];
    assert_eq!(call("geo_point_in_polygon", &pole), Value::Bool(true));
}

#[test]
fn together() {
    let square = |west: i32, south: i32| {
        let (east, north) = (west + 2, south + 2);
        format!(
            r#"{{"type":"Polygon","coordinates":[[[{west},{south}],[{east},{south}],[{east},{north}],[{west},{north}],[{west},{south}]]]}}"#
        )
    };
    let area = |shape: &Value| {
        call("geo_polygon_area", std::slice::from_ref(shape)).as_real().expect("an area")
    };
    let (one, other) = (json(&square(0, 0)), json(&square(1, 1)));
    let both = call("geo_intersection_2polygons", &[one.clone(), other.clone()]);
    let all =
        call("geo_union_polygons_array", &[json(&format!("[{},{}]", square(0, 0), square(1, 1)))]);
    near(&Value::Real(area(&both) + area(&all)), area(&one) + area(&other));
    assert_eq!(call("geo_intersects_2polygons", &[one.clone(), other]), Value::Bool(true));
    assert_eq!(
        call("geo_intersects_2polygons", &[one.clone(), json(&square(5, 5))]),
        Value::Bool(false)
    );
    // side by side they are one, with the same again too
    for (list, factor) in [
        (format!("[{},{}]", square(0, 0), square(2, 0)), 2.0),
        (format!("[{0},{0}]", square(0, 0)), 1.0),
    ] {
        let joined = call("geo_union_polygons_array", &[json(&list)]);
        assert!(joined.to_text().starts_with(r#"{"type":"Polygon""#), "{joined:?}");
        near(&Value::Real(area(&joined)), area(&one) * factor);
    }
}

#[test]
fn well_known_text() {
    for (wkt, wanted) in [
        ("POINT (1 2)", r#"{"type":"Point","coordinates":[1.0,2.0]}"#),
        (
            "MULTIPOINT ((1 1), (2 2))",
            r#"{"type":"MultiPoint","coordinates":[[1.0,1.0],[2.0,2.0]]}"#,
        ),
        (
            "GEOMETRYCOLLECTION (POINT (1 1))",
            r#"{"type":"GeometryCollection","geometries":[{"type":"Point","coordinates":[1.0,1.0]}]}"#,
        ),
    ] {
        assert_eq!(&*call("geo_from_wkt", &[text(wkt)]).to_text(), wanted);
    }
    for wrong in ["LINESTRING", "POINT (1)", "POINT (1 2) x", "POINT (1 2", ""] {
        assert_eq!(call("geo_from_wkt", &[text(wrong)]), Value::Null, "{wrong}");
    }
    let deep = "GEOMETRYCOLLECTION (".repeat(10_000);
    assert_eq!(call("geo_from_wkt", &[text(&deep)]), Value::Null);
}
