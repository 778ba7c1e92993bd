<?php
/**
 * The token that opens the panel for whoever is signed in here.
 *
 * @package Reprise
 */

namespace Reprise;

defined( 'ABSPATH' ) || exit;

/**
 * Good for sixty seconds and, by its random id, for one load.
 */
class Launch {

	const SECONDS = 60;

	/**
	 * Where the frame goes.
	 *
	 * @return string
	 */
	public static function address() {
		$token = Signature::token( self::claims(), Connection::store_key(), Connection::secret() );
		// Which page of the panel, where another store's panel led here; the app knows its own pages.
		// phpcs:ignore WordPress.Security.NonceVerification.Recommended -- Nothing is changed by it.
		$place = isset( $_GET['place'] ) ? sanitize_text_field( wp_unslash( $_GET['place'] ) ) : '';
		$end   = '' === $place ? '' : '&place=' . rawurlencode( $place );
		return Connection::app_url() . '/woocommerce/launch?token=' . rawurlencode( $token ) . $end;
	}

	/**
	 * Which store, and who.
	 *
	 * @return array
	 */
	private static function claims() {
		$user = wp_get_current_user();
		$now  = time();
		return array(
			'iss'    => home_url(),
			'sub'    => (string) $user->ID,
			'name'   => $user->display_name,
			'email'  => $user->user_email,
			'locale' => str_replace( '_', '-', get_user_locale() ),
			'iat'    => $now,
			'exp'    => $now + self::SECONDS,
			'jti'    => wp_generate_uuid4(),
		);
	}
}
