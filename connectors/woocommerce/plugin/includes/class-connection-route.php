<?php
/**
 * The REST route by which the app hands over key and secret: wc-reprise/v1/connection.
 *
 * @package Reprise
 */

namespace Reprise;

defined( 'ABSPATH' ) || exit;

/**
 * WooCommerce's REST keys open namespaces that begin with "wc-": the app has such a key.
 */
class Connection_Route {

	const SPACE = 'wc-reprise/v1';

	/**
	 * Listen.
	 *
	 * @return void
	 */
	public static function hook() {
		add_action( 'rest_api_init', array( __CLASS__, 'add' ) );
	}

	/**
	 * Add the route.
	 *
	 * @return void
	 */
	public static function add() {
		$doors = array(
			'GET'    => array( __CLASS__, 'read' ),
			'PUT'    => array( __CLASS__, 'keep' ),
			'DELETE' => array( __CLASS__, 'forget' ),
		);
		foreach ( $doors as $method => $callback ) {
			register_rest_route(
				self::SPACE,
				'/connection',
				array(
					'methods'             => $method,
					'callback'            => $callback,
					'permission_callback' => array( __CLASS__, 'may' ),
					'args'                => 'PUT' === $method ? self::fields() : array(),
				)
			);
		}
	}

	/**
	 * Whoever may manage the shop; WooCommerce has looked at what the key itself may do.
	 *
	 * @return bool
	 */
	public static function may() {
		return current_user_can( 'manage_woocommerce' );
	}

	/**
	 * What is handed over, and its form.
	 *
	 * @return array
	 */
	private static function fields() {
		$text = array(
			'type'     => 'string',
			'required' => true,
		);
		return array(
			'app_url'     => array_merge( $text, array( 'format' => 'uri' ) ),
			'store_key'   => array_merge( $text, array( 'pattern' => '^[A-Za-z0-9_-]{8,64}$' ) ),
			'secret'      => array_merge( $text, array( 'pattern' => '^[A-Za-z0-9]{32,128}$' ) ),
			'privacy_url' => array(
				'type'   => 'string',
				'format' => 'uri',
			),
		);
	}

	/**
	 * How things stand; never the secret.
	 *
	 * @return array
	 */
	public static function read() {
		return array(
			'version'        => REPRISE_VERSION,
			'connected'      => Connection::is_made(),
			'app_url'        => Connection::app_url(),
			'woocommerce'    => defined( 'WC_VERSION' ) ? WC_VERSION : null,
			'block_checkout' => self::has_block_checkout(),
		);
	}

	/**
	 * Does the checkout page hold the block?
	 *
	 * @return bool
	 */
	private static function has_block_checkout() {
		$page = function_exists( 'wc_get_page_id' ) ? wc_get_page_id( 'checkout' ) : 0;
		return $page > 0 && has_block( 'woocommerce/checkout', $page );
	}

	/**
	 * Keep key and secret. An app that wp-config.php names is the only one that may speak.
	 *
	 * @param \WP_REST_Request $request The request.
	 * @return array|\WP_Error
	 */
	public static function keep( $request ) {
		$app_url = untrailingslashit( esc_url_raw( $request['app_url'], array( 'http', 'https' ) ) );
		$is_ours = ! Connection::is_app_fixed() || Connection::app_url() === $app_url;
		if ( '' === $app_url || ! $is_ours ) {
			return new \WP_Error( 'reprise_other_app', __( 'This store is set up for the app at another address.', 'reprise-for-woocommerce' ), array( 'status' => 409 ) );
		}
		Connection::keep(
			array(
				'app_url'     => $app_url,
				'store_key'   => $request['store_key'],
				'secret'      => $request['secret'],
				'privacy_url' => esc_url_raw( (string) $request['privacy_url'] ),
			)
		);
		return self::read();
	}

	/**
	 * The app was removed: forget key and secret.
	 *
	 * @return array
	 */
	public static function forget() {
		Connection::forget();
		return self::read();
	}
}
