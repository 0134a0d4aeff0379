//! Which functions give several columns, and how the columns are called.
use crate::value::Type;

const REAL: Type = Type::Real;
const LONG: Type = Type::Long;
const LIST: Type = Type::Dynamic;

/// What follows the function's name and that of its argument in a column's name (`series_stats_x_min`), and the type: in the order
/// of the elements of the array that the function gives. `None` for a function that gives one value. (`array_sort_asc` and
/// `array_sort_desc` are not here: they have a column `x_sorted` for each array they get, and give the one array alone.)
pub fn outputs(function: &str) -> Option<&'static [(&'static str, Type)]> {
    Some(match function {
        "series_fit_line" => &[
            ("rsquare", REAL),
            ("slope", REAL),
            ("variance", REAL),
            ("rvariance", REAL),
            ("interception", REAL),
            ("line_fit", LIST),
        ],
        "series_fit_2lines" => &[
            ("rsquare", REAL),
            ("split_idx", LONG),
            ("variance", REAL),
            ("rvariance", REAL),
            ("line_fit", LIST),
            ("right_rsquare", REAL),
            ("right_slope", REAL),
            ("right_interception", REAL),
            ("right_variance", REAL),
            ("right_rvariance", REAL),
            ("left_rsquare", REAL),
            ("left_slope", REAL),
            ("left_interception", REAL),
            ("left_variance", REAL),
            ("left_rvariance", REAL),
        ],
        "series_fit_poly" => &[
            ("rsquare", REAL),
            ("coefficients", LIST),
            ("variance", REAL),
            ("rvariance", REAL),
            ("poly_fit", LIST),
        ],
        "series_stats" => &[
            ("min", REAL),
            ("min_idx", LONG),
            ("max", REAL),
            ("max_idx", LONG),
            ("avg", REAL),
            ("stdev", REAL),
            ("variance", REAL),
        ],
        "series_fft" | "series_ifft" => &[("real", LIST), ("imag", LIST)],
        "series_periods_detect" | "series_periods_validate" => {
            &[("periods", LIST), ("scores", LIST)]
        }
        "series_decompose" | "series_decompose_forecast" => {
            &[("baseline", LIST), ("seasonal", LIST), ("trend", LIST), ("residual", LIST)]
        }
        "series_decompose_anomalies" => {
            &[("ad_flag", LIST), ("ad_score", LIST), ("baseline", LIST)]
        }
        _ => return None,
    })
}
