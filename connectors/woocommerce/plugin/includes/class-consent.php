<?php
/**
 * What a visitor said: to the consent banner (WP Consent API), and to our box.
 *
 * @package Reprise
 */

namespace Reprise;

defined( 'ABSPATH' ) || exit;

/**
 * Asked before anything about a person leaves this site.
 */
class Consent {

	/**
	 * The consent banner's answer, where the site has one.
	 *
	 * @return bool
	 */
	public static function allows_marketing() {
		return ! function_exists( 'wp_has_consent' ) || (bool) wp_has_consent( 'marketing' );
	}

	/**
	 * What this shopper said to marketing by e-mail: true, false, or null for nothing yet.
	 *
	 * @return bool|null
	 */
	public static function of_shopper() {
		$session = function_exists( 'WC' ) ? WC()->session : null;
		$said    = $session ? $session->get( 'reprise_optin' ) : null;
		if ( 'yes' === $said || 'no' === $said ) {
			return 'yes' === $said;
		}
		return Account_Optin::said( get_current_user_id() );
	}

	/**
	 * Remember for this visit what the shopper said.
	 *
	 * @param bool $yes Whether they ticked the box.
	 * @return void
	 */
	public static function remember( $yes ) {
		if ( WC()->session ) {
			WC()->session->set( 'reprise_optin', $yes ? 'yes' : 'no' );
		}
	}
}
