<?php
/**
 * What known visitors look at: a script tells this site, and this site tells the app, signed.
 *
 * @package Reprise
 */

namespace Reprise;

defined( 'ABSPATH' ) || exit;

/**
 * Nothing is told of visitors who did not say who they are, or did not consent.
 */
class Beacon {

	const KINDS = array( 'product.viewed', 'category.viewed' );
	const MOST  = 2048;

	/**
	 * Listen.
	 *
	 * @return void
	 */
	public static function hook() {
		if ( ! Preferences::all()['has_beacon'] ) {
			return;
		}
		add_action( 'rest_api_init', array( __CLASS__, 'add_route' ) );
		add_action( 'wp_enqueue_scripts', array( __CLASS__, 'add_script' ) );
		add_action( 'woocommerce_add_to_cart', array( __CLASS__, 'added' ), 20, 4 );
	}

	/**
	 * The route that our script knocks at.
	 *
	 * @return void
	 */
	public static function add_route() {
		register_rest_route(
			Connection_Route::SPACE,
			'/visit',
			array(
				'methods'             => 'POST',
				'callback'            => array( __CLASS__, 'take' ),
				'permission_callback' => array( __CLASS__, 'is_ours' ),
			)
		);
	}

	/**
	 * Anybody may tell of their own visit, but only from this site's own pages.
	 *
	 * @param \WP_REST_Request $request The request.
	 * @return bool
	 */
	public static function is_ours( $request ) {
		$site   = (string) $request->get_header( 'sec-fetch-site' );
		$origin = (string) $request->get_header( 'origin' );
		if ( '' !== $site && 'same-origin' !== $site ) {
			return false;
		}
		return '' === $origin || self::host( $origin ) === self::host( home_url() );
	}

	/**
	 * Host and port of an address.
	 *
	 * @param string $url The address.
	 * @return string
	 */
	private static function host( $url ) {
		$parts = wp_parse_url( $url );
		$host  = isset( $parts['host'] ) ? strtolower( $parts['host'] ) : '';
		return $host . ( isset( $parts['port'] ) ? ':' . $parts['port'] : '' );
	}

	/**
	 * Take a visit; the answer is the same whether or not we know who it is.
	 *
	 * @param \WP_REST_Request $request The request.
	 * @return \WP_REST_Response
	 */
	public static function take( $request ) {
		$answer = new \WP_REST_Response( null, 204 );
		$body   = $request->get_body();
		$told   = strlen( $body ) <= self::MOST ? json_decode( $body, true ) : null;
		if ( is_array( $told ) && isset( $told['kind'], $told['id'] ) && in_array( $told['kind'], self::KINDS, true ) ) {
			self::tell( $told['kind'], is_numeric( $told['id'] ) ? absint( $told['id'] ) : 0 );
		}
		return $answer;
	}

	/**
	 * A known visitor put something into the cart.
	 *
	 * @param string $key          WooCommerce's key of the line.
	 * @param int    $product_id   The product.
	 * @param int    $quantity     How many.
	 * @param int    $variation_id The variation, or 0.
	 * @return void
	 */
	public static function added( $key, $product_id, $quantity, $variation_id ) {
		if ( ! Cart_Restore::is_under_way() ) {
			self::tell( 'cart.added', (int) $product_id, (int) $variation_id );
		}
	}

	/**
	 * Tell the app of one visit of somebody known.
	 *
	 * @param string $kind         What happened.
	 * @param int    $id           The product's or category's.
	 * @param int    $variation_id The variation, or 0.
	 * @return void
	 */
	private static function tell( $kind, $id, $variation_id = 0 ) {
		$visitor = Visitors::cookie();
		if ( '' === $visitor || ! Connection::is_made() || ! Consent::allows_marketing() || Preferences::NOBODY === Preferences::all()['reminders'] ) {
			return;
		}
		$what = 'category.viewed' === $kind ? self::category( $id ) : self::product( $id, $variation_id );
		$who  = $what ? Visitors::visit( $visitor ) : null;
		if ( $who ) {
			Outbox::add(
				'reprise.visit',
				array_merge(
					array(
						'kind'        => $kind,
						'at'          => Clock::iso(),
						'visitor'     => $visitor,
						'email'       => $who->email,
						'customer_id' => (int) $who->customer_id,
						'consent'     => array( 'marketing' => true ),
					),
					$what
				)
			);
		}
	}

	/**
	 * What is told of a product; null for one that nobody can see.
	 *
	 * @param int $id           The product's.
	 * @param int $variation_id The variation's, or 0.
	 * @return array|null
	 */
	private static function product( $id, $variation_id ) {
		$product = wc_get_product( $id );
		if ( ! $product || 'publish' !== $product->get_status() ) {
			return null;
		}
		return array(
			'product_id'   => $id,
			'variation_id' => $variation_id,
			'url'          => $product->get_permalink(),
		);
	}

	/**
	 * What is told of a category.
	 *
	 * @param int $id The term's.
	 * @return array|null
	 */
	private static function category( $id ) {
		$term = get_term( $id, 'product_cat' );
		if ( ! $term instanceof \WP_Term ) {
			return null;
		}
		return array(
			'category' => $term->name,
			'url'      => get_term_link( $term ),
		);
	}

	/**
	 * The script, with what this page is about: the same for every visitor, so pages can be cached.
	 *
	 * @return void
	 */
	public static function add_script() {
		$about = self::about();
		if ( ! $about || ! Connection::is_made() ) {
			return;
		}
		wp_enqueue_script( 'reprise-beacon', plugins_url( 'assets/beacon.js', REPRISE_FILE ), array(), REPRISE_VERSION, true );
		$about['url']    = rest_url( Connection_Route::SPACE . '/visit' );
		$about['cookie'] = Visitors::COOKIE;
		wp_add_inline_script( 'reprise-beacon', 'window.repriseVisit = ' . wp_json_encode( $about ) . ';', 'before' );
	}

	/**
	 * What this page is about; null for one that tells nothing.
	 *
	 * @return array|null
	 */
	private static function about() {
		if ( ! is_product() && ! is_product_category() ) {
			return null;
		}
		return array(
			'kind' => is_product() ? 'product.viewed' : 'category.viewed',
			'id'   => get_queried_object_id(),
		);
	}
}
