<?php
/**
 * How this store proves to the app that it is the one speaking.
 *
 * @package Reprise
 */

namespace Reprise;

defined( 'ABSPATH' ) || exit;

/**
 * Signs signals as WooCommerce signs its webhooks, and launch tokens as JWT.
 */
class Signature {

	/**
	 * Base64 of the HMAC-SHA256 over the very bytes that are sent.
	 *
	 * @param string $body   The bytes.
	 * @param string $secret The store's secret.
	 * @return string
	 */
	public static function of_body( $body, $secret ) {
		return base64_encode( hash_hmac( 'sha256', $body, $secret, true ) ); // phpcs:ignore WordPress.PHP.DiscouragedPHPFunctions.obfuscation_base64_encode -- the form that WooCommerce's signatures have.
	}

	/**
	 * A JWT by HS256.
	 *
	 * @param array  $claims What it says.
	 * @param string $key_id Whose secret signs it.
	 * @param string $secret The store's secret.
	 * @return string
	 */
	public static function token( array $claims, $key_id, $secret ) {
		$header = array(
			'alg' => 'HS256',
			'typ' => 'JWT',
			'kid' => $key_id,
		);
		$signed = self::part( wp_json_encode( $header ) ) . '.' . self::part( wp_json_encode( $claims ) );
		return $signed . '.' . self::part( hash_hmac( 'sha256', $signed, $secret, true ) );
	}

	/**
	 * Base64 as addresses can carry it.
	 *
	 * @param string $bytes What to write.
	 * @return string
	 */
	private static function part( $bytes ) {
		return rtrim( strtr( base64_encode( $bytes ), '+/', '-_' ), '=' ); // phpcs:ignore WordPress.PHP.DiscouragedPHPFunctions.obfuscation_base64_encode -- RFC 7515.
	}
}
