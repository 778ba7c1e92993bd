<?php
/**
 * One signed request to the app.
 *
 * @package Reprise
 */

namespace Reprise;

defined( 'ABSPATH' ) || exit;

/**
 * Speaks to the app's webhook door as WooCommerce itself does.
 */
class Sender {

	/**
	 * Send a signal; give the status of the answer, 0 for none.
	 *
	 * @param string $id      The delivery's id, the same on every try.
	 * @param string $topic   Such as reprise.visit.
	 * @param string $body    JSON, signed as it is.
	 * @param int    $seconds How long to wait.
	 * @return int
	 */
	public static function send( $id, $topic, $body, $seconds = 10 ) {
		$arguments = array(
			'body'               => $body,
			'timeout'            => $seconds,
			'redirection'        => 0,
			'reject_unsafe_urls' => ! Connection::is_app_fixed(),
			'headers'            => array(
				'Content-Type'             => 'application/json',
				'X-WC-Webhook-Source'      => home_url( '/' ),
				'X-WC-Webhook-Topic'       => $topic,
				'X-WC-Webhook-Signature'   => Signature::of_body( $body, Connection::secret() ),
				'X-WC-Webhook-ID'          => 'reprise',
				'X-WC-Webhook-Delivery-ID' => $id,
			),
		);
		$url       = Connection::app_url() . '/webhooks/woocommerce/' . rawurlencode( Connection::store_key() );
		$answer    = wp_remote_post( $url, $arguments );
		return is_wp_error( $answer ) ? 0 : (int) wp_remote_retrieve_response_code( $answer );
	}

	/**
	 * Tell something at once, for when there is no later: the plugin goes.
	 *
	 * @param string $topic Such as reprise.uninstalled.
	 * @param array  $data  What it tells.
	 * @return void
	 */
	public static function tell_now( $topic, array $data ) {
		if ( Connection::is_made() ) {
			self::send( wp_generate_uuid4(), $topic, wp_json_encode( $data ), 3 );
		}
	}
}
